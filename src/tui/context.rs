//! The places that a key is pressed in. One table holds what each is called in the settings and
//! in the documents, what printable keys do there, and the groups that actions name instead of
//! every place.

/// The use of printable keys in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Printable keys are keys like any other.
    Keys,
    /// Letters and digits choose something.
    Letters,
    /// Printable keys are text.
    Text,
}

/// Contexts in which an action has the same keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// Lists to choose from by a cursor.
    Lists,
    /// Lists of any length.
    LongLists,
    /// Lists under a text that is being written.
    TypedLists,
    /// Texts that are read and scrolled.
    Texts,
    /// Contexts that are gone through by pages.
    Paged,
    /// Screens where something can be taken back.
    Screens,
    /// Popups that are looked at and closed again.
    Popups,
    /// Forms that are filled in, or left without doing anything.
    Forms,
}

/// A context as the table has it.
struct Entry {
    name: &'static str,
    takes: Takes,
    groups: &'static [Group],
    inherits: Option<Context>,
    title: &'static str,
}

macro_rules! contexts {
    ($(#[doc = $doc:literal] $context:ident $name:literal $takes:ident [$($group:ident)*] $(inherits $base:ident)?
        $title:literal;)+) => {
        /// The place that a key is pressed in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Context {
            $(#[doc = $doc] $context,)+
        }

        static TABLE: &[Entry] = &[$(Entry {
            name: $name,
            takes: Takes::$takes,
            groups: &[$(Group::$group),*],
            inherits: contexts!(@inherits $($base)?),
            title: $title,
        }),+];

        impl Context {
            pub const ALL: &[Context] = &[$(Context::$context),+];
        }
    };
    (@inherits) => { None };
    (@inherits $base:ident) => { Some(Context::$base) };
}

contexts! {
    /// Everywhere; a place's own keys come first.
    Global "global" Keys [] "Everywhere";
    /// The list of queues.
    Home "home" Keys [Lists LongLists] "Among the queues";
    /// An item under review.
    Review "review" Keys [Texts Paged Screens] "On an item";
    /// Choosing failure categories; letters and digits choose.
    Picker "picker" Letters [Forms] "Choosing failure categories (digits and letters choose)";
    /// Choosing where an escalation goes, and writing why; printable keys are text.
    Route "route" Text [TypedLists Forms] "Escalating";
    /// Saying why an item is left to others; digits choose, other printable keys are text.
    Decline "decline" Text [TypedLists Forms] "Declining (digits choose)";
    /// Saying why what was decided on an item is put back, and for whom; printable keys are text.
    Reopen "reopen" Text [Forms] "Reopening";
    /// Writing a note; printable keys are text.
    Note "note" Text [] "Writing a note";
    /// Writing the note of a rejection under way; printable keys are text.
    PickerNote "picker_note" Text [] "Writing the note of a rejection";
    /// Writing what the output should have been; printable keys are text.
    Correct "correct" Text [] "Correcting the output";
    /// Selecting what is to be marked; digits mark.
    Mark "mark" Keys [Forms] "Marking (digits mark with a category)";
    /// Saying what is wrong with a stretch; printable keys choose or are text.
    MarkForm "mark_form" Text [Forms] "Saying what is wrong with a stretch";
    /// The marks of the item.
    Marks "marks" Keys [Lists Popups] "Among the marks of an item";
    /// The reviewer's macros; letters and digits play one.
    Macros "macros" Letters [TypedLists] "Choosing a macro (digits and letters play one)";
    /// Giving a macro its key and its name; printable keys are text.
    Macro "macro" Text [Forms] "Naming a macro";
    /// Writing what to find in the item; printable keys are text.
    Find "find" Text [] "Writing what to find";
    /// An item under review in which something was found; the item's keys work too.
    Found "found" Keys [] inherits Review "With matches in sight";
    /// What the lens found in an item.
    Findings "findings" Keys [Lists LongLists Popups] "In the findings";
    /// How the reviewer's opinions were settled.
    Settled "settled" Keys [Lists LongLists Paged Popups] "Among your settled opinions";
    /// What happened to an item.
    History "history" Keys [Lists LongLists Paged Popups] "In an item's history";
    /// What is expected of a golden example; printable keys are text.
    GoldenForm "golden_form" Text [] "Keeping an item as a golden example";
    /// The golden set of a queue.
    Golden "golden" Keys [Lists LongLists Paged Screens] "In a golden set";
    /// Writing what narrows a list; printable keys are text.
    Narrow "narrow" Text [] "Narrowing a list";
    /// How items like the one under review were decided.
    Precedent "precedent" Keys [Lists LongLists Paged Popups] "Among the precedents";
    /// Another item beside the one under review.
    Beside "beside" Keys [Texts Paged Popups] "With another item beside";
    /// Everything that can be done, by its letters; printable keys are text.
    Palette "palette" Text [TypedLists Forms] "In the palette";
    /// What waits for the reviewer's answer.
    Inbox "inbox" Keys [Lists LongLists Paged Screens] "In the inbox";
    /// What model judges are worth.
    Judges "judges" Keys [Lists LongLists Paged Screens] "Among the judges";
    /// Where the bars of a queue stand.
    Bars "bars" Keys [Lists LongLists Paged Screens] "Among the bars";
    /// What is known of the people of a queue.
    People "people" Keys [Lists LongLists Paged Screens] "Among the people";
    /// Why a pause is lifted.
    Lift "lift" Text [Forms] "Lifting a pause";
    /// How far the people of a queue agree, and where they differ.
    Agreement "agreement" Keys [Lists LongLists Paged Screens] "In the agreement of people";
    /// Answering an escalation; letters and digits choose.
    Answer "answer" Letters [Forms] "Answering (digits and letters choose)";
    /// Saying why opinions disagreed; digits choose.
    Cause "cause" Letters [Forms] "Saying why opinions disagreed (digits choose)";
    /// A queue as a table.
    Browse "browse" Keys [Lists LongLists Paged Screens] "In the queue as a table";
    /// Writing the table's filter; printable keys are text.
    Filter "filter" Text [TypedLists Forms] "Writing the table's filter";
    /// Two versions of the outputs, compared.
    Versions "versions" Keys [Lists LongLists Paged Screens] "Comparing two versions";
    /// Choosing which versions are compared; printable keys are text.
    VersionsForm "versions_form" Text [TypedLists Forms] "Choosing two versions";
    /// The outputs of both versions to a case.
    Pair "pair" Keys [Texts Paged Popups] "With both versions of a case";
    /// Choosing among a few lines.
    Choice "choice" Keys [Lists Popups] "Choosing columns";
    /// The saved filters of a queue.
    Saved "saved" Keys [Lists Popups] "Among the saved filters";
    /// Writing one line; printable keys are text.
    Prompt "prompt" Text [Forms] "Writing one line";
    /// The verdict on many items; letters and digits choose.
    Bulk "bulk" Letters [Forms] "A verdict on many (digits and letters choose)";
    /// Choosing the order of serving.
    Orders "orders" Keys [Lists Popups] "Choosing the order";
    /// Nothing is left to serve.
    End "end" Keys [Screens] "At the end of a queue";
    /// The keys of the place one was in.
    Help "help" Keys [Lists LongLists Paged Popups] "In the help";
    /// Choosing an attachment to open.
    Attachments "attachments" Keys [Lists Popups] "Choosing an attachment";
    /// Where the fields of a file are whose fields have other names.
    Mapping "mapping" Keys [Lists LongLists] "Saying which field is what";
    /// A yes-or-no question.
    Confirm "confirm" Keys [] "At a question";
}

impl Context {
    fn entry(self) -> &'static Entry {
        &TABLE[self as usize] // the table and the variants are made from one list
    }

    /// The name in `[keys.<name>]`.
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// A heading in the documents.
    pub fn title(self) -> &'static str {
        self.entry().title
    }

    pub fn takes(self) -> Takes {
        self.entry().takes
    }

    pub fn is_in(self, group: Group) -> bool {
        self.entry().groups.contains(&group)
    }

    /// A screen, with nothing over it.
    pub fn is_screen(self) -> bool {
        self == Context::Home || self.is_in(Group::Screens) || self.inherits().is_some_and(Context::is_screen)
    }

    /// The context whose keys work in this one too, after its own.
    pub fn inherits(self) -> Option<Self> {
        self.entry().inherits
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Context::ALL.iter().copied().find(|context| context.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_context_has_a_name_and_a_heading_of_its_own() {
        let all = || Context::ALL.iter().copied();
        assert_eq!(all().map(Context::name).collect::<HashSet<_>>().len(), TABLE.len());
        assert_eq!(all().map(Context::title).collect::<HashSet<_>>().len(), TABLE.len());
        assert!(all().all(|context| Context::from_name(context.name()) == Some(context)));
    }
}
