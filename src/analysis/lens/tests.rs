//! What a reader is told about texts of support desks and newspapers.

use super::*;
use proptest::prelude::*;

const POLICY: &str = "Refunds are paid within 5 days of the return. The fee is $12.50 for parcels over 2 kg. \
    Returns are accepted until March 3, 2025. Our desk in Oslo, led by Maria Holm, opens at 9:00 on weekdays. \
    Opened boxes are not accepted. Order INV-2024-001 is a sample. Write to help@example.com or see \
    https://example.com/returns. \"We will never sell your data,\" said Holm.";

fn findings(output: &str) -> Vec<(String, String)> {
    let found = read(output, &[POLICY]).findings.into_iter();
    found.map(|finding| (finding.kind(), output[finding.range].to_owned())).collect()
}

fn found(output: &str, kind: &str, text: &str) {
    assert!(findings(output).contains(&(kind.into(), text.into())), "{output}: {:?}", findings(output));
}

#[test]
fn what_the_source_says_is_supported() {
    for faithful in [
        "Refunds are paid within five days of the return.",
        "The fee is 12.50 dollars for parcels over 2,000 g.",
        "Returns are accepted until 3 March 2025.",
        "Returns are accepted until 2025-03-03.",
        "Ms. Holm's desk opens at 9 am on weekdays.",
        "We do not accept opened boxes.",
        "Write to HELP@example.com or see example.com/returns/.",
        "Holm said, \u{201c}we will never sell your data.\u{201d}",
        "Order INV/2024/001 is a sample.",
    ] {
        assert_eq!(findings(faithful), [], "{faithful}");
    }
    let reading = read("Refunds are paid within 5 days of the return.", &[POLICY]);
    assert_eq!(reading.sentences[0].support, 1.0);
    assert_eq!(
        &POLICY[reading.sentences[0].passages[0].range.clone()],
        "Refunds are paid within 5 days of the return."
    );
}

#[test]
fn a_changed_claim_is_contradicted() {
    found("Refunds are paid within 7 days of the return.", "contradicted_number", "7 days");
    found("Refunds are paid within 5 hours of the return.", "contradicted_number", "5 hours");
    found("The fee is $13.50 for parcels over 2 kg.", "contradicted_number", "$13.50");
    found("Returns are accepted until March 13, 2025.", "contradicted_date", "March 13, 2025");
    found("The desk opens at 10:00 on weekdays.", "contradicted_time", "10:00");
    found("Our desk in Bergen, led by Maria Holm, opens at 9:00.", "contradicted_name", "Bergen");
    found("Opened boxes are accepted.", "contradicted_negation", "accepted");
    found("Refunds are not paid within 5 days of the return.", "contradicted_negation", "not paid");
    found("Order INV-2024-002 is a sample.", "contradicted_identifier", "INV-2024-002");
}

#[test]
fn what_the_source_does_not_have_is_unsupported() {
    found("You will get 40 percent back.", "unsupported_number", "40 percent");
    found("Ask for Erik Dahl at the desk.", "unsupported_name", "Erik Dahl");
    found("See https://other.org/help for more.", "unsupported_link", "https://other.org/help");
    found("Holm said \"we may sell your data\" again.", "unsupported_quotation", "we may sell your data");
    found(
        "Shipping takes longer around public holidays abroad.",
        "unsupported_sentence",
        "Shipping takes longer around public holidays abroad.",
    );
    let reading = read("Shipping takes longer around public holidays abroad.", &[POLICY]);
    assert!(reading.sentences[0].support < 0.1, "{reading:?}");
}

#[test]
fn sums_and_differences_are_derivable() {
    let source = "Adults: 12 tickets. Children: 30 tickets.";
    let finding = &read("They sold 42 tickets to adults and children.", &[source]).findings[0];
    assert_eq!((finding.grade, finding.subject), (Grade::Derivable, Subject::Number));
    assert!(finding.why.contains("12 ") && finding.why.contains("30 "), "{}", finding.why);
}

#[test]
fn scripts_without_spaces_are_read_too() {
    let source = "当店は月曜日の午前9時に開店します。返品は30日以内に受け付けます。";
    let reading = read("返品は30日以内に受け付けます。店は9時に開店します。", &[source]);
    assert!(reading.sentences[0].support > 0.95 && reading.sentences[1].support > 0.6, "{reading:?}");
    assert_eq!(reading.findings, []);
    let reading = read("返品は60日以内に受け付けます。", &[source]);
    assert_eq!(reading.findings.iter().map(Finding::kind).collect::<Vec<_>>(), ["contradicted_number"]);
}

#[test]
fn of_a_translation_only_values_are_compared() {
    let german = "Die Rückzahlung kommt in 7 Tagen, und die Gebühr ist für das Paket nicht zu hoch.";
    assert_eq!(findings(german), [("unsupported_number".to_owned(), "7".to_owned())]);
}

#[test]
fn each_sentence_leads_to_its_document() {
    let reading = read("Cats sleep all day. Dogs bark at night.", &["Dogs bark at night.", "Cats sleep all day."]);
    assert_eq!(reading.sentences.iter().map(|s| s.passages[0].document).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn without_a_source_nothing_is_supported_and_nothing_found() {
    for documents in [&[][..], &[""], &["—"]] {
        let reading = read("It costs 5 dollars.", documents);
        assert_eq!((reading.sentences[0].support, reading.findings.len()), (0.0, 0), "{documents:?}");
    }
    assert_eq!(read("", &[POLICY]), Reading::default());
}

proptest! {
    #[test]
    fn any_texts_can_be_read(output in "(\\PC|[a-zA-Z0-9 .,'\"«»:/@#\n年月日時不ない%$€-]){0,120}", a in "(\\PC|[a-zA-Z0-9 .,\"\n-]){0,120}", b in "\\PC{0,40}") {
        let documents = [a.as_str(), b.as_str()];
        let reading = read(&output, &documents);
        let mut end = 0;
        for sentence in &reading.sentences {
            prop_assert!(sentence.range.start >= end && output[end..sentence.range.start].trim().is_empty());
            end = sentence.range.end;
            prop_assert!((0.0..=1.0).contains(&sentence.support));
            for place in sentence.passages.iter().chain(sentence.copied.iter().map(|(_, place)| place)) {
                prop_assert!(documents[place.document].get(place.range.clone()).is_some());
            }
            prop_assert!(sentence.copied.iter().all(|(range, _)| output.get(range.clone()).is_some()));
        }
        prop_assert!(output[end..].trim().is_empty());
        prop_assert!(reading.findings.is_sorted_by_key(Finding::rank));
        for finding in &reading.findings {
            prop_assert!(output.get(finding.range.clone()).is_some_and(|text| !text.is_empty()));
            prop_assert!(finding.source.iter().all(|p| documents[p.document].get(p.range.clone()).is_some()));
        }
    }
}
