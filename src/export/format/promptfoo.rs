//! Tests of promptfoo, as JSON or as CSV, with assertions of what is expected.

use super::csv;
use super::example::{Example, Places, plain};
use super::records::{LeftOut, note_of};
use super::{Files, Format, RowWriter, Setting};
use crate::domain::decision::Verdict;
use crate::domain::format_option::FormatOption;
use crate::domain::item::ContentKind;
use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use crate::text::plural::count;
use serde_json::{Value, json};
use std::io;

const AS_CSV: FormatOption =
    FormatOption { name: "as-csv", value: None, help: "The tests as CSV, with the assertions in columns `__expected`" };

const ASSERT: FormatOption = FormatOption {
    name: "assert",
    value: Some("TYPE"),
    help: "How an expected text is asserted, such as similar, factuality or llm-rubric; equals by default",
};

pub(super) struct Promptfoo;

impl Format for Promptfoo {
    fn name(&self) -> &'static str {
        "promptfoo"
    }

    fn about(&self) -> &'static str {
        "tests of promptfoo (JSON): `vars`, and assertions that the expected output comes and a rejected one does not"
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn has_columns(&self) -> bool {
        false
    }

    fn members(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("description", "`id`"),
            ("vars.input", "`input`"),
            ("vars.context", "`context` as one text: a list would be a test each"),
            ("assert: equals", "what is expected; `--assert` for texts that need not be equal"),
            ("assert: not-equals", "`output`, where it was rejected"),
            ("metadata", "`case`, `verdict`, `categories`, `scores`, `tags`, `model`, `reviewer` and more"),
            ("`--as-csv`: `__expected1`, `__expected2`", "the assertions"),
            ("`--as-csv`: `__description`, `__metadata:…`", "`id`; `case`, `verdict`, `categories`, `tags`"),
        ]
    }

    fn options(&self) -> &'static [FormatOption] {
        &[AS_CSV, ASSERT]
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(Writer {
            is_csv: setting.options.has(&AS_CSV),
            assert: setting.options.value(&ASSERT).unwrap_or("equals").to_owned(),
            places: Places::default(),
            tests: 0,
            templates: 0,
            left_out: LeftOut::new(),
        }))
    }
}

struct Writer {
    is_csv: bool,
    /// The type of the assertion of an expected text.
    assert: String,
    places: Places,
    tests: u64,
    /// Variables in which promptfoo would put others, or read a file.
    templates: usize,
    left_out: LeftOut,
}

/// The columns of the CSV: variables, then what promptfoo knows by its name.
const HEAD: [&str; 9] = [
    "input",
    "context",
    "__expected1",
    "__expected2",
    "__description",
    "__metadata:case",
    "__metadata:verdict",
    "__metadata:categories[]",
    "__metadata:tags[]",
];

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()> {
        self.places = Places::of(columns);
        match self.is_csv {
            true => csv_line(HEAD.map(str::to_owned), &mut files.main),
            false => files.main.push(b'['),
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let example = Example { places: &self.places, cells };
        let Some(input) = example.text("input") else {
            *self.left_out.entry("without input").or_default() += 1;
            return Ok(());
        };
        // A list would be a test for each of its values.
        let context = example.context().join("\n\n");
        let does_more = |text: &str| text.contains("{{") || text.contains("{%") || text.starts_with("file://");
        self.templates += [input, &context].into_iter().filter(|text| does_more(text)).count();
        let expected = example.expected();
        let rejected = example.verdict().filter(|verdict| *verdict == Verdict::Reject).and(example.text("output"));
        if self.is_csv {
            let assertions = [
                expected.map(|cell| format!("{}:{}", self.type_of(cell), plain(cell))),
                rejected.map(|output| format!("not-equals:{output}")),
            ];
            let mut assertions: Vec<String> = assertions.into_iter().flatten().collect();
            assertions.resize(2, String::new());
            let of = |name: &str| example.text(name).unwrap_or_default().to_owned();
            let lists = ["categories", "tags"].map(|name| listed(example.words(name)));
            let texts = [input.to_owned(), context].into_iter().chain(assertions);
            let known = [example.id().to_owned(), of("case"), of("verdict")];
            csv_line(texts.chain(known).chain(lists), &mut files.main);
        } else {
            let expected = expected.map(|cell| json!({ "type": self.type_of(cell), "value": asserted(cell) }));
            let rejected = rejected.map(|output| json!({ "type": "not-equals", "value": output }));
            let assertions: Vec<Value> = [expected, rejected].into_iter().flatten().collect();
            let mut vars = json!({ "input": input });
            if !context.is_empty() {
                vars["context"] = context.into();
            }
            let mut metadata = example.metadata();
            metadata.insert("item".into(), example.id().into());
            let test = json!({ "description": example.id(), "vars": vars, "assert": assertions, "metadata": metadata });
            files.main.extend_from_slice(if self.tests == 0 { b"\n" } else { b",\n" });
            serde_json::to_writer(&mut files.main, &test)?;
        }
        self.tests += 1;
        Ok(())
    }

    fn end(&mut self, files: &mut Files) -> io::Result<()> {
        if !self.is_csv {
            files.main.extend_from_slice(b"\n]\n");
        }
        Ok(())
    }

    fn note(&self) -> Option<String> {
        let templates = (self.templates > 0).then(|| {
            let texts = count(self.templates, "text");
            format!("{texts} with {{{{, {{% or file:// in it, which promptfoo fills in or reads: PROMPTFOO_DISABLE_TEMPLATING=1")
        });
        let notes: Vec<String> = templates.into_iter().chain(note_of(&self.left_out)).collect();
        (!notes.is_empty()).then(|| notes.join("; "))
    }
}

impl Writer {
    /// JSON is equal or not; how alike texts are is asked as the user wants it.
    fn type_of(&self, expected: &Cell) -> &str {
        if matches!(expected, Cell::Content(ContentKind::Json, _)) { "equals" } else { &self.assert }
    }
}

/// What is asserted: JSON as a value, so that its blanks and the order of its members do not count.
fn asserted(cell: &Cell) -> Value {
    match cell {
        Cell::Content(ContentKind::Json, json) => serde_json::from_str(json).unwrap_or_else(|_| json.as_ref().into()),
        cell => plain(cell).into(),
    }
}

/// Appends a row of texts as they are: for a program, and not for a spreadsheet.
fn csv_line(cells: impl IntoIterator<Item = String>, out: &mut Vec<u8>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        csv::put(cell.as_bytes(), b',', "", false, out);
    }
    out.push(b'\n');
}

/// With commas between them, and `\,` for a comma in one.
fn listed(words: &[String]) -> String {
    words.iter().map(|word| word.replace(',', "\\,")).collect::<Vec<_>>().join(",")
}
