//! What the members of a crowd share: a folder with a desk, on which the items lie that are before them,
//! and everybody's notes of what they decided.

use crate::dice::Dice;
use crate::fixture::{accept, reject, token};
use karat::domain::decision::Judgement;
use karat::domain::queue::Queue;
use karat::store::{Condition, Next, Outgoing, Rows, Served, Store};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

pub struct Room(PathBuf);

impl Room {
    pub fn new(folder: &Path) -> Self {
        std::fs::create_dir(desk(folder)).unwrap();
        Self(folder.to_owned())
    }

    /// How many items lie on the desk.
    pub fn held(&self) -> usize {
        std::fs::read_dir(desk(&self.0)).unwrap().count()
    }

    /// Takes away what those left who are gone.
    pub fn clear_desk(&self) {
        std::fs::remove_dir_all(desk(&self.0)).unwrap();
        std::fs::create_dir(desk(&self.0)).unwrap();
    }

    /// How many members have come in.
    pub fn members(&self) -> usize {
        self.notes().count()
    }

    fn notes(&self) -> impl Iterator<Item = PathBuf> {
        let files = std::fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|extension| extension == "notes"))
    }

    /// Verdicts by what was given ([`Member::note`]), from everybody's own notes; what is in two of them fails.
    pub fn acknowledged(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for file in self.notes() {
            for line in std::fs::read_to_string(file).unwrap().lines() {
                let (item, verdict) = line.split_once(' ').unwrap();
                let before = all.insert(item.to_owned(), verdict.to_owned());
                assert_eq!(before, None, "{item} was decided twice");
            }
        }
        all
    }
}

fn desk(folder: &Path) -> PathBuf {
    folder.join("desk")
}

/// What a reviewer has before them: an item, or one of its opinions where several are asked.
fn given(served: &Served) -> String {
    match served.opinions.own {
        Some(opinion) => format!("{}.{}", served.item.id, opinion.number),
        None => served.item.id.clone(),
    }
}

/// Verdicts by item, from the standing decisions; an item with two of them fails.
pub fn recorded(store: &Store, queue: &Queue) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let each = |row: Outgoing| -> karat::store::Result<()> {
        let verdict = row.decision.judgement.verdict.as_str().to_owned();
        assert!(found.insert(row.id().to_owned(), verdict).is_none());
        Ok(())
    };
    store.outgoing(queue, Rows::Decisions, &[], &Condition::default(), None, each).unwrap();
    found
}

pub struct Member {
    pub dice: Dice,
    desk: PathBuf,
    notes: File,
}

impl Member {
    /// Each has a number of their own.
    pub fn come_in(folder: &Path, number: u64) -> Self {
        let notes = folder.join(format!("{number}.notes"));
        Self {
            dice: Dice::new(number),
            desk: desk(folder),
            notes: OpenOptions::new().create_new(true).append(true).open(notes).unwrap(),
        }
    }

    /// Fails when somebody else has the item before them.
    pub fn take_up(&self, next: Next) -> Next {
        if let Next::Item(served) = &next {
            let place = self.desk.join(given(served));
            File::create_new(place).unwrap_or_else(|error| panic!("{} is served twice: {error}", given(served)));
        }
        next
    }

    /// Gives the claim's token.
    pub fn put_down(&self, served: &Served) -> String {
        std::fs::remove_file(self.desk.join(given(served))).unwrap();
        token(&served.claimed)
    }

    /// Puts down what was decided of an item, by its id, or of one of its opinions, as `ID.NUMBER`.
    pub fn note(&mut self, served: &Served, judgement: &Judgement) {
        writeln!(self.notes, "{} {}", given(served), judgement.verdict.as_str()).unwrap();
    }

    pub fn judgement(&mut self) -> Judgement {
        if self.dice.below(3) == 0 { reject("cold") } else { accept() }
    }
}
