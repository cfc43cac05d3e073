//! What a key can do. One table holds each action's name in the keymap, its
//! label in a footer, its line of help, and the keys it has in groups of contexts and in single
//! ones, unless a preset or the user says otherwise: a new action is one entry here.

use super::context::{Context, Group};
use crate::domain::sampling::MAX_OPINIONS;

/// An action as the table has it.
pub(super) struct Entry {
    pub action: Action,
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    /// The groups of contexts it belongs to, each with its keys there, separated by spaces.
    groups: &'static [(Group, &'static str)],
    /// The contexts it belongs to besides, or in which its keys are others than in their group.
    contexts: &'static [(Context, &'static str)],
}

macro_rules! actions {
    ($($action:ident $name:literal $label:literal $help:literal
        $([$($group:ident $group_keys:literal),+])? $({ $($context:ident $keys:literal),+ })?)+) => {
        /// An action that a reviewer can ask for with a key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $(#[doc = $help] $action,)+
        }

        pub(super) static TABLE: &[Entry] = &[$(Entry {
            action: Action::$action,
            name: $name,
            label: $label,
            help: $help,
            groups: &[$($((Group::$group, $group_keys)),+)?],
            contexts: &[$($((Context::$context, $keys)),+)?],
        }),+];
    };
}

actions! {
    Accept "accept" "accept" "accept the output and show the next" { Review "a", Browse "a", Inbox "a", Beside "a" }
    Reject "reject" "reject" "reject the output: choose the failure categories" { Review "x", Browse "x", Inbox "x", Beside "x" }
    RejectFor "reject_for" "reject for" "reject at once for one category: its key follows" { Review "X" }
    SendBack "send_back" "send back" "send the output back to who asked, with a note" { Inbox "R" }
    Escalate "escalate" "escalate" "escalate the output: choose the route, give a reason" { Review "e", Browse "e", Beside "e" }
    Defer "defer" "defer" "put the item off to the end of the queue" { Review "space", Browse "d" }
    TakeA "take_a" "take A" "settle as opinion A says, with all that it put down" { Review "A" }
    TakeB "take_b" "take B" "settle as opinion B says" { Review "B" }
    TakeC "take_c" "take C" "settle as opinion C says" { Review "C" }
    TakeD "take_d" "take D" "settle as opinion D says" { Review "" }
    TakeE "take_e" "take E" "settle as opinion E says" { Review "" }
    TakeF "take_f" "take F" "settle as opinion F says" { Review "" }
    TakeG "take_g" "take G" "settle as opinion G says" { Review "" }
    TakeH "take_h" "take H" "settle as opinion H says" { Review "" }
    TakeI "take_i" "take I" "settle as opinion I says" { Review "" }
    Decline "decline" "decline" "leave the item to others, or take that back" { Review "N" }
    Reopen "reopen" "reopen" "put back what was decided on an item, to be decided anew" { Review "U" }
    OtherField "other_field" "other field" "go to the other field" { Reopen "tab shift+tab up down", VersionsForm "tab" }
    PreviousField "previous_field" "field before" "go to the field before" { VersionsForm "shift+tab" }
    Undo "undo" "undo" "undo what you did last" [Screens "u backspace"]
    Redo "redo" "redo" "redo what was undone" [Screens "ctrl+r"]
    Retry "retry" "retry" "send a decision that failed again" { Review "R" }
    NextItem "next_item" "next" "next item" { Review "right" }
    PreviousItem "previous_item" "previous" "item decided before this one" { Review "left", End "left" }
    Note "note" "note" "write a note" { Review "n", Bulk "ctrl+n", Picker "tab", Answer "tab" }
    Mark "mark" "mark" "mark a stretch of the output" { Review "m" }
    Marks "marks" "marks" "the marks of the item" { Review "M" }
    Correct "correct" "correct" "correct the output" { Review "c" }
    Macros "macros" "macros" "play a macro: its key follows" { Review "." }
    History "history" "history" "history of the item and its case" { Review "h" }
    Settled "settled" "settled" "how your last opinions were settled" { Review "H", End "H" }
    Precedent "precedent" "similar" "similar items, and how they were decided" { Review "p" }
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

    NextPane "next_pane" "pane" "next pane" { Review "tab", Beside "tab", Home "tab", Pair "tab" }
    PreviousPane "previous_pane" "pane" "previous pane" { Review "shift+tab", Home "shift+tab" }
    Zoom "zoom" "zoom" "give the pane the whole screen, or back" { Review "z" }
    Wider "wider" "wider" "make the pane wider" { Review ">" }
    Narrower "narrower" "narrower" "make the pane narrower" { Review "<" }
    SourceDown "source_down" "source" "source a page down, whichever pane is read" { Review "}" }
    SourceUp "source_up" "source" "source a page up" { Review "{" }
    NextDocument "next_document" "document" "next document of the source" { Review ")" }
    PreviousDocument "previous_document" "document" "document of the source before" { Review "(" }
    Input "input" "input" "go to the whole input and the metadata, or fold it" { Review "i" }
    Find "find" "find" "find in the item" { Review "/" }
    FindKeep "find_keep" "keep" "close the line and keep the matches" { Find "enter" }
    FindNext "find_next" "next match" "next match" { Found "n", Find "down" }
    FindPrevious "find_previous" "previous" "previous match" { Found "N", Find "up" }
    FindEnd "find_end" "end the search" "end the search" { Found "esc", Find "esc" }
    NextSentence "next_sentence" "sentence" "next sentence of the output, and where it comes from" { Review "]" }
    PreviousSentence "previous_sentence" "sentence" "previous sentence of the output" { Review "[" }
    Findings "findings" "findings" "findings of the lens, worst first" { Review "f" }
    Lens "lens" "lens" "show or hide the grounding lens" { Review "l" }
    Diff "diff" "diff" "compare with the reference, the correction, the attempt before" { Review "d" }
    Sides "sides" "sides" "compare side by side, or in one" { Review "D" }
    Raw "raw" "raw" "show the texts as they came, or laid out" { Review "v" }
    Wrap "wrap" "wrap" "wrap every line of the pane, or only prose; of prose alone, none" { Review "w" }
    PanRight "pan_right" "sideways" "move to the right what is wider than the pane, or the preview" { Review "shift+right", Beside "shift+right", Precedent "shift+right", Browse "shift+right", Golden "shift+right", Inbox "shift+right", Judges "shift+right", Bars "shift+right", People "shift+right", Agreement "shift+right", Pair "shift+right" }
    PanLeft "pan_left" "sideways" "move it back to the left" { Review "shift+left", Beside "shift+left", Precedent "shift+left", Browse "shift+left", Golden "shift+left", Inbox "shift+left", Judges "shift+left", Bars "shift+left", People "shift+left", Agreement "shift+left", Pair "shift+left" }
    PreviewDown "preview_down" "text" "the text beside the list a page down" { Browse "}", Golden "}", Inbox "}", Judges "}", Bars "}", People "}", Agreement "}", Versions "}" }
    PreviewUp "preview_up" "text" "the text beside the list a page up" { Browse "{", Golden "{", Inbox "{", Judges "{", Bars "{", People "{", Agreement "{", Versions "{" }
    Attachments "attachments" "attachments" "open an image, file or page that the item names" { Review "o" }
    Fold "fold" "fold" "fold JSON one level more" { Review "-" }
    Unfold "unfold" "unfold" "unfold JSON one level" { Review "plus" }

    Up "up" "up" "line up" [Lists "k up", TypedLists "up"] { GoldenForm "up shift+tab", Mapping "up k" }
    Down "down" "down" "line down" [Lists "j down", TypedLists "down"] { GoldenForm "down", Mapping "down j" }
    First "first" "first" "first line" [LongLists "home"]
    Last "last" "last" "last line" [LongLists "end G"]
    ScrollDown "scroll_down" "scroll" "scroll down a row" [Texts "j down"]
    ScrollUp "scroll_up" "scroll" "scroll up a row" [Texts "k up"]
    PageDown "page_down" "page" "scroll down a page" [Paged "pagedown ctrl+d"] { Palette "pagedown" }
    PageUp "page_up" "page" "scroll up a page" [Paged "pageup ctrl+u"] { Palette "pageup" }
    Top "top" "top" "to the top" [Texts "home"]
    Bottom "bottom" "bottom" "to the bottom" [Texts "end G"]

    Browser "browser" "browse" "the queue as a table" { Review "b", Home "b", End "b" }
    Inbox "inbox" "inbox" "what waits for your answer" { Home "i", Review "I", End "I" }
    Judges "judges" "judges" "what model judges are worth, measured against people" { Home "J", End "J", Review "" }
    People "people" "people" "how often you are right on known examples; for a lead, everybody" { Home "p", End "p", Review "" }
    Lift "lift" "lift" "lift the pause of the chosen person" { People "L" }
    NextJudge "next_judge" "judge" "the next judge" { Judges "tab" }
    PreviousJudge "previous_judge" "judge" "the judge before" { Judges "shift+tab" }
    Agreement "agreement" "agreement" "how far people agree, and where they differ" { Home "A", Review "", End "A" }
    Disagreement "disagreement" "agree or differ" "where people differ, or how far they agree" { Agreement "tab d" }
    Bars "bars" "bars" "where the bars stand, and the verdicts that they hang on" { Home "B", End "B", Review "" }
    NextBar "next_bar" "bar" "the next bar" { Bars "tab" }
    PreviousBar "previous_bar" "bar" "the bar before" { Bars "shift+tab" }
    AskAgain "ask_again" "ask again" "ask a second opinion of what the bar hangs on, and of as many others" { Bars "S" }
    Versions "versions" "versions" "compare two versions of the outputs" { Home "v", End "v", Browse "V", Review "" }
    ChooseVersions "choose_versions" "choose" "choose which versions are compared" { Versions "/" }
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
    ReleaseHolds "release_holds" "release" "release the claims of others on the items" { Browse "R" }
    Choose "choose" "choose" "choose the line" { Choice "enter space", Saved "enter" }
    Open "open" "open" "review the queue" { Home "enter" }
    OpenAttachment "open_attachment" "open" "open it with the system's program" { Attachments "enter" }
    GoldenSet "golden_set" "golden" "the golden examples of the queue" { Home "g", Review "" }
    OpenItem "open_item" "open" "open the item" { Golden "enter", Browse "enter", Inbox "enter", Judges "enter", Bars "enter", Settled "enter", Agreement "enter", Versions "enter" }
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
    Refresh "refresh" "refresh" "look again" { Home "r", End "r", Golden "r", Browse "r", Inbox "r", Judges "r", Bars "r", People "r", Agreement "r", Versions "r" }
    Order "order" "order" "choose the order in which items are served" { Review "O", End "O" }
    ServeSo "serve_so" "serve" "serve the queue in this order" { Orders "enter" }
    ServeDeferred "serve_deferred" "deferred" "review what was deferred" { End "d" }
    Run "run" "run" "run the line" { Palette "enter", Filter "enter", Prompt "enter", Help "enter", VersionsForm "enter" }
    Commit "commit" "save" "save the decision" { Picker "enter", PickerNote "enter", Route "enter", Decline "enter", Reopen "enter", Lift "enter", Bulk "enter", Answer "enter" }
    MarkFinding "mark_finding" "mark" "mark what was found, with its category" { Findings "enter" }
    Categories "categories" "categories" "choose failure categories for it" { Route "tab" }
    Cancel "cancel" "close" "close without deciding; what was chosen stays" [Forms "esc"] { Mark "esc q" }
    Keep "keep" "keep" "keep what is written and close" { Note "esc alt+enter", PickerNote "esc tab alt+enter", Correct "esc alt+enter" }
    Editor "editor" "editor" "write in $EDITOR" { Note "ctrl+x", PickerNote "ctrl+x", Correct "ctrl+x" }
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
    ToggleNote "toggle_note" "note" "keep the note with the macro, or not" { Macro "tab" }
    Rename "rename" "rename" "give it another name" { Macros "ctrl+r" }
    Remove "remove" "remove" "remove it" { Macros "delete ctrl+d", Marks "x delete ctrl+d", Saved "D delete" }
    Save "save" "save" "save" { Macro "enter", MarkForm "enter" }
    WithoutCause "without_cause" "without" "settle without a cause, or with the one it had" { Cause "enter space" }
    PutBack "put_back" "output back" "put the output back: nothing is corrected" { Correct "ctrl+o" }
    NextPlace "next_place" "other place" "take the field from the next place" { Mapping "right l" }
    PreviousPlace "previous_place" "place before" "take the field from the place before" { Mapping "left h" }
    NoPlace "no_place" "none" "take the field from nowhere" { Mapping "x delete backspace" }
    NextRecord "next_record" "record" "show the next record" { Mapping "tab pagedown n" }
    PreviousRecord "previous_record" "record before" "show the record before" { Mapping "shift+tab pageup p" }
    TakeMapping "take_mapping" "take it" "read the file so" { Mapping "enter" }
    Yes "yes" "yes" "yes" { Confirm "y enter" }
    No "no" "no" "no" { Confirm "n esc" }
    Beside "beside" "beside" "open it beside the item" { History "enter", Precedent "enter" }
    GoThere "go_there" "go there" "go on with this item" { Beside "enter", Pair "enter" }
    Close "close" "close" "close"
        [Popups "esc q"] { Findings "esc q f", History "esc q h", Precedent "esc q p", Settled "esc q H", Macros "esc", Marks "esc q M" }

    Clear "clear" "clear" "clear what lies over the item: comparison, sentence, zoom; in the table the filter, then the selection" { Review "esc", Browse "esc" }
    Leave "leave" "back" "go back; from the queues, quit" [Screens "q"] { Home "q", Mapping "q esc", Golden "q esc", Browse "q", Inbox "q esc", Judges "q esc", Bars "q esc", People "q esc", Agreement "q esc", Versions "q esc" }
    Palette "palette" "all" "find an action, a queue or an item by name" { Global ": ctrl+p" }
    Help "help" "help" "the keys of this place" { Global "?" }
    Redraw "redraw" "redraw" "draw the screen again" { Global "ctrl+l" }
    Suspend "suspend" "suspend" "stop, and give the shell the terminal" { Global "ctrl+z" }
    Quit "quit" "quit" "quit at once" { Global "ctrl+c" }
}

/// Opinions that an action takes each: as many as may be asked.
const SIDES: usize = MAX_OPINIONS as usize;

impl Entry {
    /// The action's keys in a context, separated by spaces; `None`: it does not belong there.
    pub(super) fn keys_in(&self, context: Context) -> Option<&'static str> {
        let own = self.contexts.iter().find(|(of, _)| *of == context).map(|(_, keys)| *keys);
        own.or_else(|| self.groups.iter().find(|(group, _)| context.is_in(*group)).map(|(_, keys)| *keys))
    }
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

    /// The label in a footer: one or two words.
    pub fn label(self) -> &'static str {
        self.entry().label
    }

    /// The label in the footer of a place.
    pub fn label_in(self, context: Context) -> &'static str {
        match (self, context) {
            (Action::Leave, Context::Home) => "quit",
            (Action::Leave, Context::Mapping) => "leave",
            (Action::Down, Context::Mapping) => "field",
            (Action::Commit, Context::Decline) => "decline",
            (Action::Commit, Context::Reopen) => "reopen",
            (Action::Commit, Context::Lift) => "lift",
            _ => self.label(),
        }
    }

    /// The line of help.
    pub fn help(self) -> &'static str {
        self.entry().help
    }

    /// Other words that people call it by, for the palette.
    pub fn synonyms(self) -> &'static str {
        match self {
            Action::Accept => "approve ok good pass",
            Action::Reject => "fail bad decline refuse",
            Action::RejectFor => "fail one category",
            Action::Escalate => "raise route desk forward",
            action if action.side().is_some() => "opinion side adjudicate settle dispute",
            Action::Defer => "skip later postpone aside",
            Action::Decline => "conflict interest recuse language field skip refuse",
            Action::Reopen => "unsettle back again anew override",
            Action::Undo => "revert back take",
            Action::Redo => "again repeat",
            Action::PreviousItem => "back before earlier",
            Action::NextItem => "forward skip",
            Action::Note => "comment remark reason",
            Action::Mark => "annotate highlight span",
            Action::Marks => "annotations spans",
            Action::Correct => "edit fix rewrite correction",
            Action::Macros => "shortcut preset template",
            Action::History => "log events who attempts",
            Action::Settled => "adjudicated disputes disagreements learn mine outcome",
            Action::Precedent => "precedent precedents like examples",
            Action::Golden => "gold star example",
            Action::GoldenSet => "gold examples set",
            Action::Inbox => "questions escalations answers due overdue mail",
            Action::Judges => "model llm judge agreement sensitivity specificity alone",
            Action::People => "reviewers figures accuracy calibration golden right paused drift",
            Action::Lift => "pause unpause allow resume",
            Action::Agreement => "kappa alpha reliability raters consistency iaa disagreement",
            Action::Disagreement => "disagree differ pairs calibrate meeting",
            Action::Bars => "gate quality met failed undecided influence decisive recheck",
            Action::AskAgain => "recheck second opinion influence decisive",
            Action::SendBack => "return reply answer",
            Action::Browser => "table list browser rows",
            Action::Find => "search",
            Action::Findings => "lens grounding finding problems",
            Action::Lens => "grounding highlight settings",
            Action::Diff => "compare difference attempt reference",
            Action::Sides => "side by columns split",
            Action::Raw => "source plain markdown layout verbatim",
            Action::Wrap => "nowrap lines truncate columns",
            Action::PanRight | Action::PanLeft => "scroll horizontal columns table wide",
            Action::PreviewDown | Action::PreviewUp => "scroll preview read",
            Action::SourceDown | Action::SourceUp => "page scroll context",
            Action::NextDocument | Action::PreviousDocument => "source context file",
            Action::Input => "metadata meta question prompt conversation",
            Action::Attachments => "open file image url link",
            Action::Zoom => "fullscreen maximize maximise",
            Action::Wider | Action::Narrower => "resize width",
            Action::Order => "sort sorting priority newest shuffle filter",
            Action::Versions => "compare prompts models better paired v7 v8 regression experiment",
            Action::Filter => "search query narrow",
            Action::SavedFilters => "views bookmarks",
            Action::ReleaseHolds => "free unlock hold held claim",
            Action::Leave => "quit exit queues home close",
            Action::Quit => "exit leave",
            Action::Help => "keys shortcuts bindings",
            Action::Redraw => "refresh repaint clear",
            Action::Refresh => "reload update",
            Action::Prioritise => "priority urgent",
            Action::Select | Action::SelectAll => "mark choose bulk",
            _ => "",
        }
    }

    pub fn belongs_to(self, context: Context) -> bool {
        self.entry().keys_in(context).is_some()
    }

    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.action)
    }

    /// Whether it records something on an item and shows the next, at once or by a form.
    pub fn decides(self) -> bool {
        let verdict = matches!(self, Action::Accept | Action::Reject | Action::RejectFor | Action::Escalate);
        verdict || self == Action::Defer || self.side().is_some()
    }

    /// The opinion that the action takes, from 0.
    pub fn side(self) -> Option<usize> {
        let side = (self as usize).checked_sub(Action::TakeA as usize)?;
        (side < SIDES).then_some(side)
    }

    /// The action that takes an opinion.
    pub fn of_side(side: usize) -> Option<Self> {
        TABLE.get(Action::TakeA as usize + side).map(|entry| entry.action).filter(|action| action.side() == Some(side))
    }

    /// Whether it changes the workspace, or begins to: whoever may only look is refused it.
    pub fn writes(self) -> bool {
        use Action::*;
        let begins = matches!(self, Note | Mark | Correct | Macros | Golden | Edit | Order | NextItem | ServeDeferred);
        let changes = matches!(
            self,
            Undo | Redo
                | Decline
                | Reopen
                | Lift
                | Retry
                | ClearScore
                | MarkFinding
                | EditMark
                | Remove
                | RemoveGolden
                | AskAgain
                | SendBack
                | Tag
                | Prioritise
                | ReleaseHolds
                | SaveFilter
        );
        begins || changes || self.decides() || self.score().is_some()
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
        assert_eq!(Action::all().filter_map(Action::side).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
        assert!((0..9).all(|side| Action::of_side(side).and_then(Action::side) == Some(side)));
        assert_eq!((Action::of_side(9), Action::Undo.side()), (None, None));
        assert_eq!(Action::Note.score(), None);
        assert_eq!(Action::ClearScore.score(), None);
    }
}
