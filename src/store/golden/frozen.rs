//! Golden sets that are frozen: examples as they were at one moment, under a name and a number.

use super::GoldenText;
use crate::domain::decision::Verdict;
use crate::domain::event::{EventKind, GoldenFrozen};
use crate::domain::golden::{Example, Expected, Narrow, SetName};
use crate::domain::item::{Content, ContentKind, Document, Item};
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;
use crate::store::engine::{Param, Row, params};
use crate::store::events::Subject;
use crate::store::transaction::Tx;
use crate::store::{Condition, Result, Store, StoreError};
use crate::text::hex::hex;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// A version of a golden set: it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoldenSet {
    pub seq: i64,
    /// The queue's name.
    pub queue: String,
    pub name: String,
    /// From 1 for each name.
    pub version: i64,
    /// SHA-256 of what is in it, hexadecimal.
    pub digest: String,
    pub examples: i64,
    /// The filter that it was made with.
    pub filter: Option<String>,
    /// The version of the queue's spec at that time.
    pub spec_version: i64,
    pub frozen_by: String,
    pub frozen_at: UtcMillis,
}

/// An example as it was frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FrozenExample {
    /// The item's id.
    pub id: String,
    pub case: Option<String>,
    pub input: Text,
    pub context: Vec<Source>,
    pub output: Text,
    pub reference: Option<Text>,
    pub verdict: Verdict,
    /// Which text is expected, and the text itself where one is.
    pub expects: Expected,
    pub expected: Option<Text>,
    pub categories: Vec<String>,
    pub tags: Vec<String>,
    pub why: String,
    /// The version of the example.
    pub version: i64,
    /// The version of the spec under which it was kept.
    pub spec_version: i64,
    // Absent in sets that were frozen before there were any: what these say has the digest that it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span_id: Option<String>,
}

/// A content as it is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// The letter of its kind.
    kind: String,
    text: String,
}

/// A document as it is frozen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    title: Option<String>,
    text: String,
    url: Option<String>,
    id: Option<String>,
    updated_at: Option<UtcMillis>,
}

/// What freezing came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    pub set: GoldenSet,
    /// `false`: the newest version of the set has these examples already.
    pub is_new: bool,
}

/// Which examples are frozen.
#[derive(Debug, Clone, Default)]
pub struct Freezing {
    /// What their items keep.
    pub condition: Condition,
    /// The filter that the condition was made of.
    pub filter: Option<String>,
}

const COLUMNS: &str =
    "s.seq, q.name, s.name, s.version, s.digest, s.examples, s.filter, s.spec_version, s.frozen_by, s.frozen_at";

impl From<&Content> for Text {
    fn from(content: &Content) -> Self {
        Self { kind: content.kind.code().into(), text: content.text.clone() }
    }
}

impl From<Text> for Content {
    fn from(Text { kind, text }: Text) -> Self {
        Self { kind: ContentKind::from_code(&kind).unwrap_or_default(), text }
    }
}

impl From<&Document> for Source {
    fn from(document: &Document) -> Self {
        let Document { title, text, url, id, updated_at } = document.clone();
        Self { title, text, url, id, updated_at }
    }
}

impl From<Source> for Document {
    fn from(Source { title, text, url, id, updated_at }: Source) -> Self {
        Self { title, text, url, id, updated_at }
    }
}

impl FrozenExample {
    fn of(GoldenText { golden, item, expected }: GoldenText, spec_version: i64) -> Self {
        Self {
            id: golden.id,
            case: item.case.clone(),
            input: Text::from(&item.input),
            context: item.context.iter().map(|document| Source::from(&**document)).collect(),
            output: Text::from(&item.output),
            reference: item.reference.as_ref().map(Text::from),
            verdict: golden.example.verdict,
            expects: golden.example.expected,
            expected: expected.as_ref().map(Text::from),
            categories: golden.example.categories,
            tags: golden.example.tags,
            why: golden.example.why,
            version: golden.version,
            spec_version,
            trace_id: item.trace_id.clone(),
            span_id: item.span_id.clone(),
        }
    }

    /// The case, or the id where there is none.
    pub fn drawn_by(&self) -> &str {
        self.case.as_deref().unwrap_or(&self.id)
    }

    /// What was asked, answered, and kept beside, as an item.
    pub fn item(&self) -> Item {
        let context = self.context.iter().cloned().map(|source| Arc::new(Document::from(source))).collect();
        let reference = self.reference.clone().map(Content::from);
        let item = Item::new(&*self.id, self.input.clone().into(), self.output.clone().into());
        let (trace_id, span_id) = (self.trace_id.clone(), self.span_id.clone());
        Item { case: self.case.clone(), context, reference, trace_id, span_id, ..item }
    }

    /// What is expected of it.
    pub fn example(&self) -> Example {
        let Self { verdict, expects, categories, tags, why, .. } = self.clone();
        Example { verdict, expected: expects, categories, tags, why }
    }

    /// The output as it should be.
    pub fn expected(&self) -> Option<Content> {
        self.expected.clone().map(Content::from)
    }
}

impl Store {
    /// Freezes the queue's examples that keep the condition, without those that others have kept of
    /// items whose opinions are not settled, as the next version of the set; where the newest has just these, it is
    /// the one. Fails where the name is that of another queue's set, and where there is no example.
    pub fn freeze_golden(&self, actor: Actor, name: &str, freezing: &Freezing) -> Result<Freeze> {
        self.write(|tx| tx.freeze_golden(actor, name, freezing))
    }

    /// The set of this name and version, or its newest.
    pub fn golden_set(&self, SetName { name, version }: &SetName) -> Result<GoldenSet> {
        let found = self.first(
            &format!(
                "SELECT {COLUMNS} FROM golden_set s JOIN queue q ON q.id = s.queue_id
                 WHERE s.name = ?1 AND (?2 = 0 OR s.version = ?2) ORDER BY s.version DESC"
            ),
            params![name, version.unwrap_or_default()],
            set,
        )?;
        if let Some(found) = found {
            return Ok(found);
        }
        let newest = self.newest_set(name)?;
        let names = self.golden_sets(None)?.into_iter().map(|set| set.name).collect::<HashSet<_>>();
        let hint = match newest {
            Some(newest) => format!("the newest is {name}@{}", newest.version),
            None if names.is_empty() => format!("`karat golden freeze QUEUE {name}` makes it"),
            None => {
                let mut names: Vec<_> = names.into_iter().collect();
                names.sort_unstable();
                format!("there are {}", names.join(", "))
            }
        };
        let called = SetName { name: name.clone(), version: *version };
        Err(StoreError::Refused { reason: format!("there is no golden set `{called}`"), hint })
    }

    /// All versions of the sets, of one queue or of all, the newest of a name first.
    pub fn golden_sets(&self, queue: Option<&Queue>) -> Result<Vec<GoldenSet>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM golden_set s JOIN queue q ON q.id = s.queue_id
             WHERE ?1 = 0 OR s.queue_id = ?1 ORDER BY s.name, s.version DESC"
        );
        self.all(&sql, params![queue.map_or(0, |queue| queue.id)], set)
    }

    /// Hands over the examples of a set in the order of their ids. Ends with the first error that `each`
    /// gives.
    pub fn frozen_examples<E: From<StoreError>>(
        &self,
        set: &GoldenSet,
        mut each: impl FnMut(FrozenExample) -> std::result::Result<(), E>,
    ) -> std::result::Result<(), E> {
        let sql = "SELECT x.body FROM golden_set_example e JOIN golden_text x ON x.digest = e.digest
            WHERE e.set_seq = ?1 ORDER BY e.place";
        let mut refused = None;
        let outcome = self.engine.query(sql, params![set.seq], &mut |row| {
            let example = serde_json::from_str(row.need_text(0)?);
            let example = example.map_err(|error| StoreError::Damaged(format!("a frozen example: {error}")))?;
            each(example).map_err(|error| {
                refused = Some(error);
                StoreError::Stopped
            })
        });
        refused.map_or(outcome.map_err(E::from), Err)
    }

    fn newest_set(&self, name: &str) -> Result<Option<GoldenSet>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM golden_set s JOIN queue q ON q.id = s.queue_id
             WHERE s.name = ?1 ORDER BY s.version DESC LIMIT 1"
        );
        self.first(&sql, params![name], set)
    }

    /// The rows of the examples whose items keep the condition.
    fn goldens_under(&self, queue: &Queue, condition: &Condition) -> Result<HashSet<i64>> {
        let condition_sql = if condition.sql.is_empty() { "1 = 1" } else { &condition.sql };
        let sql = format!(
            "SELECT g.seq FROM golden g JOIN item i ON i.seq = g.item_seq LEFT JOIN decision d ON d.seq = i.decision_seq
             WHERE g.queue_id = ?1 AND {} AND i.seq >= ?2 AND i.seq <= ?3 AND ({condition_sql})",
            super::IS_GOLDEN
        );
        let mut values = params![queue.id, i64::MIN, i64::MAX].to_vec();
        values.extend(condition.values.iter().map(Param::from));
        Ok(self.all(&sql, &values, |row| row.need_int(0))?.into_iter().collect())
    }
}

impl Tx<'_> {
    fn freeze_golden(&self, actor: Actor, name: &str, freezing: &Freezing) -> Result<Freeze> {
        let queue = actor.queue;
        let set_version = self.next_golden_version(queue)? - 1;
        let newest = self.newest_set(name)?;
        if let Some(other) = newest.as_ref().filter(|newest| newest.queue != queue.name) {
            return Err(StoreError::Refused {
                reason: format!("`{name}` is a golden set of {}", other.queue),
                hint: "a name is of one queue; choose another".into(),
            });
        }
        let examples = self.examples_to_freeze(actor, &freezing.condition)?;
        if examples.is_empty() {
            let (reason, hint) = match &freezing.filter {
                Some(filter) => (format!("no golden example keeps `{filter}`"), "leave --filter away to freeze all"),
                None => (format!("{} has no golden examples", queue.name), "`karat golden add QUEUE ITEM` keeps one"),
            };
            return Err(StoreError::Refused { reason, hint: hint.into() });
        }
        let digest = digest_of(&examples);
        if let Some(set) = newest.clone().filter(|newest| newest.digest == digest) {
            return Ok(Freeze { set, is_new: false });
        }
        let version = newest.map_or(1, |newest| newest.version + 1);
        let count = examples.len() as i64;
        let filter = freezing.filter.as_deref();
        self.execute(
            "INSERT INTO golden_set (queue_id, name, version, digest, examples, filter, spec_version, set_version,
                frozen_by, frozen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            params![
                queue.id,
                name,
                version,
                &digest,
                count,
                filter,
                queue.spec.version,
                set_version,
                actor.reviewer,
                actor.now
            ],
        )?;
        let set = self.newest_set(name)?.ok_or_else(|| StoreError::Damaged("a set that was frozen is gone".into()))?;
        for (place, (id, digest, body)) in (1i64..).zip(&examples) {
            let text = "INSERT INTO golden_text (digest, body) SELECT ?1, ?2
                WHERE NOT EXISTS (SELECT 1 FROM golden_text x WHERE x.digest = ?1)";
            self.execute(text, params![digest, body])?;
            let example = "INSERT INTO golden_set_example (set_seq, place, id, digest) VALUES (?1, ?2, ?3, ?4)";
            self.execute(example, params![set.seq, place, id, digest])?;
        }
        let frozen = GoldenFrozen { name: name.to_owned(), version, digest, examples: count };
        self.log(Subject::of(actor, None), &EventKind::GoldenFrozen(frozen))?;
        Ok(Freeze { set, is_new: true })
    }

    /// The id of each example, the digest of what it says, and that as JSON, in the order of the ids.
    fn examples_to_freeze(&self, actor: Actor, condition: &Condition) -> Result<Vec<(String, String, String)>> {
        let queue = actor.queue;
        let wanted = self.goldens_under(queue, condition)?;
        let sql = "SELECT version, applied_at FROM spec WHERE queue_id = ?1 ORDER BY version";
        let specs = self.all(sql, params![queue.id], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        let spec_at =
            |at: UtcMillis| specs.iter().rfind(|(_, applied)| *applied <= at).map_or(1, |(version, _)| *version);
        let mut examples = Vec::new();
        self.each_golden(queue, &Narrow::default(), actor.reviewer, |example| {
            if wanted.contains(&example.golden.seq) {
                let spec_version = spec_at(example.golden.kept_at);
                let example = FrozenExample::of(example, spec_version);
                let body = serde_json::to_string(&example).map_err(|error| StoreError::Damaged(error.to_string()))?;
                examples.push((example.id, hex(Sha256::digest(&body)), body));
            }
            Ok(())
        })?;
        examples.sort_unstable();
        Ok(examples)
    }
}

/// The digest of a set: over a line for each example, its digest.
fn digest_of(examples: &[(String, String, String)]) -> String {
    let mut hash = Sha256::new();
    for (_, digest, _) in examples {
        hash.update(digest);
        hash.update("\n");
    }
    hex(hash.finalize())
}

fn set(row: &dyn Row) -> Result<GoldenSet> {
    Ok(GoldenSet {
        seq: row.need_int(0)?,
        queue: row.string(1)?,
        name: row.string(2)?,
        version: row.need_int(3)?,
        digest: row.string(4)?,
        examples: row.need_int(5)?,
        filter: row.opt_string(6)?,
        spec_version: row.need_int(7)?,
        frozen_by: row.string(8)?,
        frozen_at: row.need_int(9)?,
    })
}
