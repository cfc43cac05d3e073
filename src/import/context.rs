//! The source documents of an item.

use super::fault::Fault;
use super::json::{Member, elements, slots};
use super::scalar::{name, text, time_or_date};
use super::value::{Value, optional, required};
use crate::domain::item::Document;
use std::sync::Arc;

/// The documents, and the members of theirs that karat does not know, each called
/// by its path (`context[0].score`), so that `meta` can keep them.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub documents: Vec<Arc<Document>>,
    pub others: Vec<Member<'static>>,
}

/// Reads text, one document, or a list of either. Empty text is no document.
pub(super) fn context(value: Value) -> Result<Context, Fault> {
    let mut context = Context::default();
    match value {
        Value::Text(text) if text.is_empty() => {}
        Value::List(list) => elements(&list, |index, element| {
            let place = format!("[{index}]");
            let value = Value::from_json(element).map_err(|fault| fault.within(&place))?;
            context.push(value, &place)
        })?,
        one => context.push(one, "")?,
    }
    Ok(context)
}

/// The members of a document that karat knows.
const KNOWN: [&str; 5] = ["title", "text", "url", "id", "updated_at"];

impl Context {
    fn push(&mut self, value: Value, place: &str) -> Result<(), Fault> {
        let document = match value {
            Value::Text(text) => Ok(Document { text: text.into_owned(), ..Document::default() }),
            Value::Object(source) => self.document(&source, place),
            other => Err(other.mistyped("text or an object with `text`")),
        };
        let here = |fault: Fault| if place.is_empty() { fault } else { fault.within(place) };
        self.documents.push(Arc::new(document.map_err(here)?));
        Ok(())
    }

    fn document(&mut self, source: &str, place: &str) -> Result<Document, Fault> {
        let slots = slots(source, |name| KNOWN.iter().position(|known| *known == name))?;
        let [title, body, url, id, updated_at] = slots.known;
        for (member, value) in slots.others {
            self.others.push((format!("context{place}.{member}").into(), value.into_owned().into()));
        }
        Ok(Document {
            title: optional("title", Value::from_slot(title), text)?.filter(|title| !title.is_empty()),
            text: required("text", Value::from_slot(body), text)?,
            url: optional("url", Value::from_slot(url), text)?.filter(|url| !url.is_empty()),
            id: optional("id", Value::from_slot(id), name)?.filter(|id| !id.is_empty()),
            updated_at: optional("updated_at", Value::from_slot(updated_at), time_or_date)?,
        })
    }
}
