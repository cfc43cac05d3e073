//! The source documents of an item.

use super::fault::Faults;
use super::json::{Member, elements, slots};
use super::python;
use super::remark::of_zone;
use super::scalar::{name, text, time};
use super::value::{Value, is_python, optional, required, unless_empty};
use crate::domain::imported::Remark;
use crate::domain::item::Document;
use crate::domain::time::WrittenZone;
use std::sync::Arc;

/// The documents, and the members of theirs that karat does not know, each called
/// by its path (`context[0].score`), so that `meta` can keep them.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub documents: Vec<Arc<Document>>,
    pub others: Vec<Member<'static>>,
    pub remarks: Vec<Remark>,
}

/// Reads text, one document, or a list of either; a list of texts also as Python prints it.
pub(super) fn context(value: Value) -> Result<Context, Faults> {
    let (mut context, mut faults) = (Context::default(), Faults::default());
    match value {
        Value::List(list) => elements(&list, |index, element| {
            let place = format!("[{index}]");
            let value = Value::from_json(element).map_err(Faults::from);
            faults.keep(value.and_then(|value| context.push(value, &place)).map_err(|faults| faults.within(&place)));
            Ok(())
        })?,
        Value::Text(text) if is_python(&text) => match python::texts(&text) {
            Some(texts) => {
                context.remarks.push(Remark::PythonList("context"));
                let document = |text| Arc::new(Document { text, ..Document::default() });
                context.documents.extend(texts.into_iter().map(document));
            }
            None => {
                context.remarks.push(Remark::PythonText("context"));
                faults.keep(context.push(Value::Text(text), ""));
            }
        },
        one => faults.keep(context.push(one, "")),
    }
    faults.finish(context)
}

/// The members of a document that karat knows.
const KNOWN: [&str; 5] = ["title", "text", "url", "id", "updated_at"];

impl Context {
    fn push(&mut self, value: Value, place: &str) -> Result<(), Faults> {
        let document = match value {
            Value::Text(text) => Document { text: text.into_owned(), ..Document::default() },
            Value::Object(source) => self.document(&source, place)?,
            other => return Err(other.mistyped("text or an object with `text`").into()),
        };
        self.documents.push(Arc::new(document));
        Ok(())
    }

    fn document(&mut self, source: &str, place: &str) -> Result<Document, Faults> {
        let slots = slots(source, |name| KNOWN.iter().position(|known| *known == name))?;
        let ([title, body, url, id, updated_at], mut faults) = (slots.known, slots.faults);
        for (member, value) in slots.others {
            self.others.push((format!("context{place}.{member}").into(), value.into_owned().into()));
        }
        let member = |source| unless_empty(Value::from_slot(source));
        let updated_at = faults.keep(optional("updated_at", member(updated_at), time));
        // Documents are mostly dated by their day.
        let zone = updated_at.map(|time| time.zone).filter(|zone| *zone != WrittenZone::Day);
        self.remarks.extend(zone.and_then(|zone| of_zone("updated_at", zone)));
        let document = Document {
            title: faults.keep(optional("title", member(title), text)),
            text: faults.keep(required("text", Value::from_slot(body), text)),
            url: faults.keep(optional("url", member(url), text)),
            id: faults.keep(optional("id", member(id), name)),
            updated_at: updated_at.map(|time| time.at),
        };
        faults.finish(document)
    }
}
