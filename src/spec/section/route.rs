//! `[[route]]`: where an escalation goes.

use super::{Document, Section, TableReader};
use crate::domain::spec::{Route, Spec};
use crate::spec::change::{Change, TableEntry, Touched, entries, field, or_none, quoted};
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "route",
        form: Form::List { one: "route", several: "routes", most: None },
        purpose: "A desk that escalated outputs go to.",
        keys: &[
            Key::required("key", "\"policy\"", "what `escalate_to` refers to, written like a criterion's key"),
            Key::required("name", "\"Policy desk\"", "what reviewers see"),
            Key::optional(
                "owner",
                "\"policy-desk\"",
                "who answers: a person, or the key of a group; a lead may too, and without the line only a lead",
            ),
            Key::optional("due_hours", "24", "within how many hours an answer is due, counted round the clock"),
            Key::optional(
                "overdue",
                "\"lead\"",
                "the key of the route on which an escalation goes on when it is overdue; without the line it stays",
            ),
            Key::optional(
                "returns",
                "\"reviewer\"",
                "`reviewer`: an answer may send the output back, with a note, to who asked, who then decides",
            ),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let (key, name) = document.identify(&SECTION.shape, table);
    let owner = table.optional_text("owner");
    document.owners.extend(owner.clone().filter(|owner| !owner.get_ref().is_empty()));
    let owner = owner.map(Spanned::into_inner);
    let due_hours = table.positive("due_hours");
    let overdue = table.optional_text("overdue");
    if let Some(next) = &overdue {
        document.overdue.push((key.clone(), next.clone()));
        if !table.has("due_hours") {
            table.report(
                next.span().start,
                "nothing is ever overdue here",
                "add when an answer is due: due_hours = 24",
            );
        }
    }
    document.refer(&SECTION.shape, overdue.clone());
    let overdue = overdue.map(Spanned::into_inner);
    let returns = table.optional_one_of("returns", &[("reviewer", true)]).unwrap_or_default();
    document.spec.routes.push(Route { key, name, owner, due_hours, overdue, returns });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.routes, &new.routes)
}

impl TableEntry for Route {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::EscalatedTo(self.key.clone())
    }

    /// Differences to a newer route. Recipient and deadline apply to future escalations, and
    /// touch none that were made.
    fn differences(&self, new: &Self) -> Vec<Change> {
        let field = |name, old: String, new: String| field(&SECTION.shape, &self.key, name, &old, &new, Touched::None);
        let returns = |route: &Route| or_none(route.returns.then_some("reviewer"));
        let owner = |route: &Route| or_none(route.owner.as_deref().map(quoted));
        let fields = [
            field("name", quoted(&self.name), quoted(&new.name)),
            field("owner", owner(self), owner(new)),
            field("due_hours", or_none(self.due_hours), or_none(new.due_hours)),
            field("overdue", or_none(self.overdue.as_ref()), or_none(new.overdue.as_ref())),
            field("returns", returns(self), returns(new)),
        ];
        fields.into_iter().flatten().collect()
    }
}
