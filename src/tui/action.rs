//! What a key can do. One table holds each action's name in the keymap, its
//! label in a footer, its line of help, and the keys it has in each context
//! unless a preset or the user says otherwise: a new action is one entry here.

/// The place that a key is pressed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere; a place's own keys come first.
    Global,
    /// The list of queues.
    Home,
    /// An item under review.
    Review,
    /// Choosing failure categories; letters and digits choose.
    Picker,
    /// Choosing where an escalation goes, and writing why; printable keys are text.
    Route,
    /// Writing a note; printable keys are text.
    Note,
    /// Writing what the output should have been; printable keys are text.
    Correct,
    /// Selecting what is to be marked; digits mark.
    Mark,
    /// Saying what is wrong with a stretch; printable keys choose or are text.
    MarkForm,
    /// The marks of the item.
    Marks,
    /// The reviewer's macros; letters and digits play one.
    Macros,
    /// Giving a macro its key and its name; printable keys are text.
    Macro,
    /// Writing what to find in the item; printable keys are text.
    Find,
    /// An item under review in which something was found; the item's keys work too.
    Found,
    /// What the lens found in an item.
    Findings,
    /// What happened to an item.
    History,
    /// What is expected of a golden example; printable keys are text.
    GoldenForm,
    /// The golden set of a queue.
    Golden,
    /// Writing what narrows a list; printable keys are text.
    Narrow,
    /// How items like the one under review were decided.
    Precedent,
    /// Another item beside the one under review.
    Beside,
    /// Everything that can be done, by its letters; printable keys are text.
    Palette,
    /// A queue as a table.
    Browse,
    /// Writing the table's filter; printable keys are text.
    Filter,
    /// Choosing among a few lines.
    Choice,
    /// The saved filters of a queue.
    Saved,
    /// Writing one line; printable keys are text.
    Prompt,
    /// The verdict on many items; letters and digits choose.
    Bulk,
    /// Choosing the order of serving.
    Orders,
    /// Nothing is left to serve.
    End,
    /// The keys of the place one was in.
    Help,
    /// Choosing an attachment to open.
    Attachments,
    /// A yes-or-no question.
    Confirm,
}

impl Context {
    pub const ALL: &[Context] = &[
        Context::Global,
        Context::Home,
        Context::Review,
        Context::Picker,
        Context::Route,
        Context::Note,
        Context::Correct,
        Context::Mark,
        Context::MarkForm,
        Context::Marks,
        Context::Macros,
        Context::Macro,
        Context::Find,
        Context::Found,
        Context::Findings,
        Context::Palette,
        Context::History,
        Context::GoldenForm,
        Context::Golden,
        Context::Narrow,
        Context::Precedent,
        Context::Beside,
        Context::Browse,
        Context::Filter,
        Context::Choice,
        Context::Saved,
        Context::Prompt,
        Context::Bulk,
        Context::Orders,
        Context::End,
        Context::Help,
        Context::Attachments,
        Context::Confirm,
    ];

    /// The name in `[keys.<name>]`.
    pub fn name(self) -> &'static str {
        match self {
            Context::Global => "global",
            Context::Home => "home",
            Context::Review => "review",
            Context::Picker => "picker",
            Context::Route => "route",
            Context::Note => "note",
            Context::Correct => "correct",
            Context::Mark => "mark",
            Context::MarkForm => "mark_form",
            Context::Marks => "marks",
            Context::Macros => "macros",
            Context::Macro => "macro",
            Context::Find => "find",
            Context::Found => "found",
            Context::Findings => "findings",
            Context::Palette => "palette",
            Context::History => "history",
            Context::GoldenForm => "golden_form",
            Context::Golden => "golden",
            Context::Narrow => "narrow",
            Context::Precedent => "precedent",
            Context::Beside => "beside",
            Context::Browse => "browse",
            Context::Filter => "filter",
            Context::Choice => "choice",
            Context::Saved => "saved",
            Context::Prompt => "prompt",
            Context::Bulk => "bulk",
            Context::Orders => "orders",
            Context::End => "end",
            Context::Help => "help",
            Context::Attachments => "attachments",
            Context::Confirm => "confirm",
        }
    }

    /// The place whose keys work in this one too, after its own.
    pub fn base(self) -> Option<Self> {
        (self == Context::Found).then_some(Context::Review)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Context::ALL.iter().copied().find(|context| context.name() == name)
    }
}

/// An action as the table has it.
pub(super) struct Entry {
    pub action: Action,
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    /// The contexts it belongs to, each with its keys separated by spaces.
    pub contexts: &'static [(Context, &'static str)],
}

macro_rules! actions {
    ($($action:ident $name:literal $label:literal $help:literal { $($context:ident $keys:literal),+ })+) => {
        /// What the reviewer can ask for with a key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $help] $action,)+
        }

        pub(super) static TABLE: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            label: $label,
            help: $help,
            contexts: &[$((Context::$context, $keys)),+],
        }),+];
    };
}

actions! {
    Accept "accept" "accept" "accept the output and show the next" { Review "a", Browse "a" }
    Reject "reject" "reject" "reject: choose the failure categories" { Review "x", Browse "x" }
    Escalate "escalate" "escalate" "escalate: choose the route and give a reason" { Review "e", Browse "e" }
    Defer "defer" "defer" "set the item aside for later" { Review "space", Browse "d" }
    Undo "undo" "undo" "take back what you did last" { Review "u backspace", End "u backspace", Golden "u backspace", Browse "u backspace" }
    Redo "redo" "redo" "bring back what was undone" { Review "ctrl+r", End "ctrl+r", Golden "ctrl+r", Browse "ctrl+r" }
    Retry "retry" "retry" "send a decision that failed again" { Review "R" }
    NextItem "next_item" "next" "next item" { Review "right" }
    PreviousItem "previous_item" "previous" "item decided before this one" { Review "left", End "left" }
    Note "note" "note" "write a note" { Review "n", Bulk "ctrl+n" }
    Mark "mark" "mark" "mark a stretch of the output" { Review "m" }
    Marks "marks" "marks" "the marks of the item" { Review "M" }
    Correct "correct" "correct" "correct the output" { Review "c" }
    Macros "macros" "macros" "macros: the next key plays one" { Review "." }
    History "history" "history" "what happened to the item and its case" { Review "h" }
    Precedent "precedent" "precedent" "how items like this one were decided" { Review "p" }
    Golden "golden" "golden" "keep the item as a golden example" { Review "g", Golden "g", Browse "g" }

    Score1 "score_1" "1" "score the criterion 1" { Review "1" }
    Score2 "score_2" "2" "score the criterion 2" { Review "2" }
    Score3 "score_3" "3" "score the criterion 3" { Review "3" }
    Score4 "score_4" "4" "score the criterion 4" { Review "4" }
    Score5 "score_5" "5" "score the criterion 5" { Review "5" }
    Score6 "score_6" "6" "score the criterion 6" { Review "6" }
    Score7 "score_7" "7" "score the criterion 7" { Review "7" }
    Score8 "score_8" "8" "score the criterion 8" { Review "8" }
    Score9 "score_9" "9" "score the criterion 9" { Review "9" }
    ClearScore "clear_score" "clear" "clear the criterion's score" { Review "0" }
    NextCriterion "next_criterion" "criterion" "next criterion" { Review "J" }
    PreviousCriterion "previous_criterion" "criterion" "previous criterion" { Review "K" }

    NextPane "next_pane" "pane" "next pane" { Review "tab", Beside "tab" }
    PreviousPane "previous_pane" "pane" "previous pane" { Review "shift+tab" }
    Zoom "zoom" "zoom" "give the pane the whole screen, or back" { Review "z" }
    Wider "wider" "wider" "make the pane wider" { Review ">" }
    Narrower "narrower" "narrower" "make the pane narrower" { Review "<" }
    Input "input" "input" "show or hide the input" { Review "i" }
    Find "find" "find" "find in the item" { Review "/" }
    FindKeep "find_keep" "keep" "close the line and keep the matches" { Find "enter" }
    FindNext "find_next" "next match" "next match" { Found "n", Find "down" }
    FindPrevious "find_previous" "previous" "previous match" { Found "N", Find "up" }
    FindEnd "find_end" "end the search" "end the search" { Found "esc", Find "esc" }
    NextSentence "next_sentence" "sentence" "next sentence of the output, and where it comes from" { Review "]" }
    PreviousSentence "previous_sentence" "sentence" "previous sentence of the output" { Review "[" }
    Findings "findings" "findings" "what the source does not bear out, worst first" { Review "f" }
    Lens "lens" "lens" "show or hide the grounding lens" { Review "l" }
    Diff "diff" "diff" "compare the output: with the reference, the correction, the attempt before" { Review "d" }
    Sides "sides" "sides" "compare side by side, or in one" { Review "D" }
    Raw "raw" "raw" "show the texts as they came, or laid out" { Review "v" }
    Attachments "attachments" "attachments" "open an image, file or page that the item names" { Review "o" }
    Fold "fold" "fold" "fold JSON one level more" { Review "-" }
    Unfold "unfold" "unfold" "unfold JSON one level" { Review "plus" }

    Up "up" "up" "line up" { Home "k up", Route "up", History "k up", Precedent "k up", Findings "k up", Golden "k up", GoldenForm "up shift+tab", Attachments "k up", Palette "up", Macros "up", Marks "k up", Browse "k up", Filter "up", Choice "k up", Saved "k up", Orders "k up" }
    Down "down" "down" "line down" { Home "j down", Route "down", History "j down", Precedent "j down", Findings "j down", Golden "j down", GoldenForm "down", Attachments "j down", Palette "down", Macros "down", Marks "j down", Browse "j down", Filter "down", Choice "j down", Saved "j down", Orders "j down" }
    First "first" "first" "first line" { Home "home", History "home", Precedent "home", Golden "home", Findings "home", Browse "home" }
    Last "last" "last" "last line" { Home "end G", History "end G", Precedent "end G", Golden "end G", Findings "end G", Browse "end G" }
    ScrollDown "scroll_down" "scroll" "scroll down a row" { Review "j down", Help "j down", Beside "j down" }
    ScrollUp "scroll_up" "scroll" "scroll up a row" { Review "k up", Help "k up", Beside "k up" }
    PageDown "page_down" "page" "scroll down a page" { Review "pagedown ctrl+d", Help "pagedown ctrl+d", History "pagedown ctrl+d", Precedent "pagedown ctrl+d", Golden "pagedown ctrl+d", Beside "pagedown ctrl+d", Palette "pagedown", Browse "pagedown ctrl+d" }
    PageUp "page_up" "page" "scroll up a page" { Review "pageup ctrl+u", Help "pageup ctrl+u", History "pageup ctrl+u", Precedent "pageup ctrl+u", Golden "pageup ctrl+u", Beside "pageup ctrl+u", Palette "pageup", Browse "pageup ctrl+u" }
    Top "top" "top" "to the top" { Review "home", Help "home", Beside "home" }
    Bottom "bottom" "bottom" "to the bottom" { Review "end G", Help "end G", Beside "end G" }

    Browser "browser" "browse" "the queue as a table" { Review "b", Home "b", End "b" }
    Filter "filter" "filter" "write the filter" { Browse "/" }
    SavedFilters "saved_filters" "saved" "the saved filters" { Browse "F" }
    SaveFilter "save_filter" "save" "save the filter in force" { Saved "s" }
    Columns "columns" "columns" "show and hide columns" { Browse "C" }
    Sort "sort" "sort" "sort by a column; again, the other way round" { Browse "s" }
    Preview "preview" "preview" "show or hide the item beside the table" { Browse "p" }
    Select "select" "select" "select the row, or not" { Browse "space" }
    SelectAll "select_all" "all" "select all that match, or none" { Browse "A" }
    Tag "tag" "tag" "add tags, or take them off" { Browse "t" }
    Prioritise "prioritise" "priority" "give a priority" { Browse "P" }
    ReleaseHolds "release_holds" "release" "free the items of whoever holds them" { Browse "R" }
    Choose "choose" "choose" "choose the line" { Choice "enter space", Saved "enter" }
    Open "open" "open" "review the queue" { Home "enter" }
    OpenAttachment "open_attachment" "open" "open it with the system's program" { Attachments "enter" }
    GoldenSet "golden_set" "golden" "the golden examples of the queue" { Home "g", Review "" }
    OpenItem "open_item" "open" "open the item" { Golden "enter", Browse "enter" }
    Edit "edit" "edit" "edit what is kept" { Golden "e" }
    RemoveGolden "remove_golden" "remove" "keep the item as an example no more" { Golden "D" }
    Candidates "candidates" "candidates" "candidates for the golden set, or its examples" { Golden "c tab" }
    NarrowList "narrow" "filter" "show only some" { Golden "/" }
    NarrowKeep "narrow_keep" "keep" "close the line and keep the list narrow" { Narrow "enter" }
    NarrowEnd "narrow_end" "show all" "show all again" { Narrow "esc" }
    KeepGolden "keep_golden" "keep" "keep it as an example" { GoldenForm "enter" }
    DropGolden "drop_golden" "cancel" "close and keep nothing" { GoldenForm "esc" }
    ChooseNext "choose_next" "choose" "next choice" { GoldenForm "right" }
    ChoosePrevious "choose_previous" "choose" "previous choice" { GoldenForm "left" }
    Complete "complete" "next" "complete the tag, or to the next field" { GoldenForm "tab" }
    TakeSuggestion "take_suggestion" "take" "take the suggestion" { Filter "tab" }
    Refresh "refresh" "refresh" "look again" { Home "r", End "r", Golden "r", Browse "r" }
    Order "order" "order" "choose the order in which items are served" { Review "O", End "O" }
    ServeSo "serve_so" "serve so" "serve the queue in this order" { Orders "enter" }
    ServeDeferred "serve_deferred" "deferred" "review what was set aside" { End "d" }
    Run "run" "do it" "do what the line says" { Palette "enter", Filter "enter", Prompt "enter" }
    Commit "commit" "commit" "record the decision" { Picker "enter", Route "enter", Bulk "enter" }
    MarkFinding "mark_finding" "mark" "mark what was found, with its category" { Findings "enter" }
    Cancel "cancel" "cancel" "close without deciding" { Picker "esc", Route "esc", Palette "esc", Macro "esc", Mark "esc q", MarkForm "esc", Filter "esc", Prompt "esc", Bulk "esc" }
    Keep "keep" "keep" "keep what is written and close" { Note "esc alt+enter", Correct "esc alt+enter" }
    Editor "editor" "editor" "write in $EDITOR" { Note "ctrl+e", Correct "ctrl+e" }
    ChooseCategory "choose_category" "category" "choose what is wrong with it, with a comment" { Mark "enter" }
    SelectNextSentence "select_next_sentence" "sentence" "select the next sentence" { Mark "j ] down" }
    SelectPreviousSentence "select_previous_sentence" "back" "select the sentence before" { Mark "k [ up" }
    SelectNextWord "select_next_word" "word" "select the next word" { Mark "w" }
    SelectPreviousWord "select_previous_word" "word back" "select the word before" { Mark "b" }
    ExtendSentence "extend_sentence" "more" "move the end on by a sentence" { Mark "J" }
    ShrinkSentence "shrink_sentence" "less" "move the end back by a sentence" { Mark "K" }
    ExtendWord "extend_word" "word more" "move the end on by a word" { Mark "W" }
    ShrinkWord "shrink_word" "word less" "move the end back by a word" { Mark "B" }
    ExtendCharacter "extend_character" "character" "move the end on by a character" { Mark "l right" }
    ShrinkCharacter "shrink_character" "character less" "move the end back by a character" { Mark "h left" }
    OtherEnd "other_end" "other end" "move the other end from now on" { Mark "o" }
    Comment "comment" "comment" "write a comment, or go back to the categories" { MarkForm "tab" }
    EditMark "edit_mark" "edit" "change its category or comment" { Marks "enter" }
    SaveMacro "save_macro" "save as macro" "save what is chosen as a macro" { Picker "ctrl+t", Route "ctrl+t" }
    PlayMacro "play_macro" "play" "play the macro" { Macros "enter" }
    Rename "rename" "rename" "give it another name" { Macros "ctrl+r" }
    Remove "remove" "remove" "remove it" { Macros "delete ctrl+d", Marks "x delete ctrl+d", Saved "D delete" }
    Save "save" "save" "save" { Macro "enter", MarkForm "enter" }
    PutBack "put_back" "output back" "put the output back: nothing is corrected" { Correct "ctrl+o" }
    Yes "yes" "yes" "yes" { Confirm "y enter" }
    No "no" "no" "no" { Confirm "n esc" }
    Beside "beside" "beside" "open it beside the item" { History "enter", Precedent "enter" }
    GoThere "go_there" "go there" "go on with this item" { Beside "enter" }
    Close "close" "close" "close" { Help "esc q", Attachments "esc q", Findings "esc q f", History "esc q h", Precedent "esc q p", Beside "esc q", Macros "esc", Marks "esc q M", Choice "esc q", Saved "esc q", Orders "esc q" }

    Leave "leave" "back" "go back; from the queues, quit" { Review "q esc", End "q esc", Golden "q esc", Home "q", Browse "q esc" }
    Palette "palette" "palette" "everything that can be done here, by a few letters" { Global ": ctrl+p" }
    Help "help" "help" "the keys of this place" { Global "?" }
    Redraw "redraw" "redraw" "draw the screen anew" { Global "ctrl+l" }
    Suspend "suspend" "suspend" "stop, and give the shell the terminal" { Global "ctrl+z" }
    Quit "quit" "quit" "quit at once" { Global "ctrl+c" }
}

impl Action {
    /// Every action, in the order of the help.
    pub fn all() -> impl Iterator<Item = Action> {
        TABLE.iter().map(|entry| entry.action)
    }

    pub(super) fn entry(self) -> &'static Entry {
        &TABLE[self as usize] // the table and the variants are made from one list
    }

    /// The name in a keymap.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// One or two words for a footer.
    pub fn label(self) -> &'static str {
        self.entry().label
    }

    /// The line of help.
    pub fn help(self) -> &'static str {
        self.entry().help
    }

    pub fn belongs_to(self, context: Context) -> bool {
        self.entry().contexts.iter().any(|(c, _)| *c == context)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }

    /// The score that a score key gives: 1 to 9.
    pub fn score(self) -> Option<u8> {
        let steps = (self as u8).checked_sub(Action::Score1 as u8)?;
        (steps < 9).then_some(steps + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_entry_stands_at_its_variant_under_a_name_of_its_own() {
        let names: HashSet<_> = Action::all().map(Action::name).collect();
        assert_eq!(names.len(), TABLE.len());
        for entry in TABLE {
            assert_eq!(entry.action.entry().name, entry.name);
            assert_eq!(Action::from_name(entry.name), Some(entry.action));
        }
    }

    #[test]
    fn score_keys_give_their_digit() {
        let scores: Vec<_> = Action::all().filter_map(Action::score).collect();
        assert_eq!(scores, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(Action::Note.score(), None);
        assert_eq!(Action::ClearScore.score(), None);
    }
}
