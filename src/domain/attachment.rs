//! What an item names outside of itself: images, files, pages.

use super::item::{ContentKind, Document, Item};
use serde_json::Value;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// Something outside of the item, by the name that it has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub target: Target,
}

/// Where an attachment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// An `http` or `https` address, written as a browser understands it, so that a host in
    /// look-alike letters shows what it is.
    Page(Url),
    /// A path on this machine.
    File(String),
}

impl Target {
    /// What a value points at: an address of a kind that is safe to open, or a path.
    fn of(value: &str, may_be_path: bool) -> Option<Target> {
        match Url::parse(value).ok().filter(|_| value.contains("://")) {
            Some(url) if matches!(url.scheme(), "http" | "https") => Some(Target::Page(url)),
            Some(url) if url.scheme() == "file" => Some(Target::File(url.to_file_path().ok()?.to_str()?.to_owned())),
            Some(_) => None,
            None => (may_be_path && is_path(value)).then(|| Target::File(value.to_owned())),
        }
    }

    /// The host of a page, which says best where an address leads, wherever it stands in it.
    pub fn host(&self) -> Option<&str> {
        match self {
            Target::Page(url) => url.host_str(),
            Target::File(_) => None,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Target::Page(url) => f.write_str(url.as_str()),
            Target::File(path) => f.write_str(path),
        }
    }
}

/// Bytes of a text that is looked through, at most: a longer one holds the file itself rather
/// than its name.
const MOST_SEARCHED: usize = 256 * 1024;

/// The attachments that the metadata of an item names, and the messages of its input.
pub fn of_item(item: &Item) -> Vec<Attachment> {
    let chat = Some(&item.input).filter(|input| input.kind == ContentKind::Chat).map(|input| &input.text);
    let mut found = Vec::new();
    for text in item.meta.iter().chain(chat).filter(|text| text.len() <= MOST_SEARCHED) {
        if let Ok(value) = serde_json::from_str(text) {
            search("", &value, &mut found);
        }
    }
    found
}

/// The pages that context documents came from.
pub fn of_documents(documents: &[Arc<Document>]) -> impl Iterator<Item = Attachment> {
    documents.iter().filter_map(|document| {
        let target = Target::of(document.url.as_deref()?, false)?;
        let name = document.title.clone().or(document.id.clone()).unwrap_or_else(|| "document".into());
        Some(Attachment { name, target })
    })
}

fn search(name: &str, value: &Value, found: &mut Vec<Attachment>) {
    match value {
        Value::String(text) => {
            let target = Target::of(text, names_a_file(name));
            let target = target.filter(|target| found.iter().all(|known| known.target != *target));
            found.extend(target.map(|target| Attachment { name: name.to_owned(), target }));
        }
        Value::Array(values) => values.iter().for_each(|value| search(name, value, found)),
        Value::Object(members) => {
            for (key, value) in members {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                search(&name, value, found);
            }
        }
        _ => {}
    }
}

/// A value of that name may be a path.
fn names_a_file(name: &str) -> bool {
    let name = name.to_lowercase();
    let words = ["image", "file", "attachment", "path", "photo", "picture", "screenshot", "document", "audio", "video"];
    words.iter().any(|word| name.contains(word))
}

/// Whether a value reads as a path: a single line with a folder in it, or with an extension.
fn is_path(value: &str) -> bool {
    let ending = value.rsplit_once('.').map_or("", |(_, ending)| ending);
    let has_ending = (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_named = value.contains('/') || has_ending && !value.starts_with('.');
    is_named && value.len() <= 4096 && !value.starts_with("data:") && !value.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::Content;

    fn found(meta: &str) -> Vec<(String, String)> {
        let mut item = Item::new("a", Content::text(""), Content::text(""));
        item.meta = Some(meta.into());
        of_item(&item).into_iter().map(|found| (found.name, found.target.to_string())).collect()
    }

    #[track_caller]
    fn assert_found(meta: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(name, at)| (name.to_string(), at.to_string())).collect();
        assert_eq!(found(meta), expected);
    }

    #[test]
    fn addresses_count_anywhere_and_paths_where_a_file_is_named() {
        let meta = r#"{"image_url":"https://x.example/a.png","files":["scans/1.pdf",{"path":"b.png"}],"tone":"warm/kind",
            "link":"http://y.example","profile":"default","again":"https://x.example/a.png"}"#;
        assert_found(
            meta,
            &[
                ("image_url", "https://x.example/a.png"),
                ("files", "scans/1.pdf"),
                ("files.path", "b.png"),
                ("link", "http://y.example/"),
            ],
        );
        assert_found(r#"{"file":"file:///tmp/a%20b.png"}"#, &[("file", "/tmp/a b.png")]);
    }

    #[test]
    fn only_what_is_safe_to_open_counts() {
        assert_found(
            r#"{"file":"javascript://x.example/%0aalert(1)","image":"data:image/png;base64,AAAA","files":["smb://h/x",
            "vnc://h/a.png","a\nb.png","see below."],"url":"no url","file_url":"file://other-host/a"}"#,
            &[],
        );
    }

    #[test]
    fn an_address_shows_where_it_leads() {
        let meta = r#"{"url":"https://www.bank.example@xn--evil.example/","b":"https://аррӏе.com/"}"#;
        let mut item = Item::new("a", Content::text(""), Content::text(""));
        item.meta = Some(meta.into());
        let hosts: Vec<_> = of_item(&item).iter().map(|found| found.target.host().unwrap().to_owned()).collect();
        assert!(hosts.iter().all(|host| host.is_ascii() && !host.contains("bank")), "{hosts:?}");
    }

    #[test]
    fn the_images_of_a_chat_and_the_pages_of_documents_count() {
        let chat =
            r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x.example/1.png"}}]}]"#;
        let input = Content { kind: ContentKind::Chat, text: chat.into() };
        let item = Item::new("a", input, Content::text(""));
        assert_eq!(of_item(&item).len(), 1);
        let document = Document { url: Some("https://h.example".into()), ..Document::default() };
        assert_eq!(of_documents(&[document, Document::default()].map(Arc::new)).count(), 1);
    }
}
