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
fn without_a_source_there_is_nothing_to_see() {
    for documents in [&[][..], &[""], &["—"]] {
        let reading = read("It costs 5 dollars.", documents);
        assert_eq!(reading, Reading::default(), "{documents:?}");
    }
    assert_eq!(read("", &[POLICY]), Reading::default());
}

#[test]
fn names_without_capitals_are_told_by_their_titles() {
    for (source, faithful, wrong, name) in [
        (
            "東京都の山田太郎さんは京都へ行きました。",
            "山田さんは京都へ行きました。",
            "東京都の佐藤太郎さんは京都へ行きました。",
            "佐藤太郎",
        ),
        ("王小明先生在北京工作。", "王小明先生在北京工作。", "李小明先生在北京工作。", "李小明"),
        ("김철수 씨는 서울에서 일한다.", "김철수 씨는 서울에서 일한다.", "박철수 씨는 서울에서 일한다.", "박철수"),
    ] {
        assert_eq!(found_in(source, faithful), [], "{faithful}");
        assert_eq!(found_in(source, wrong), [("contradicted_name".to_owned(), name.to_owned())], "{wrong}");
    }
    let found = found_in("京都の寺は朝九時に開きます。", "京都の寺は鈴木様が朝九時に開きます。");
    assert_eq!(found, [("unsupported_name".to_owned(), "鈴木".to_owned())]);
}

fn found_in(source: &str, output: &str) -> Vec<(String, String)> {
    let findings = read(output, &[source]).findings.into_iter();
    findings.map(|finding| (finding.kind(), output[finding.range].to_owned())).collect()
}

#[test]
fn support_falls_with_what_was_found_and_not_with_length() {
    let source = "The ferry leaves Bodø at 7:15 and takes 4 hours. Coffee is served on the upper deck all day, and \
        dogs travel free when they are kept on a lead by their owners.";
    let support = |output: &str| read(output, &[source]).sentences[0].support;
    let long = "Coffee is served on the upper deck all day, and dogs travel free when kept on a lead by owners.";
    assert!(
        support(long) > support("The ferry takes 5 hours."),
        "{} {}",
        support(long),
        support("The ferry takes 5 hours.")
    );
    assert!(support("The ferry takes 4 hours.") > 1.5 * support("The ferry takes 5 hours."));
    let whole = |output: &str| read(output, &[source]).support().unwrap();
    let wrong = format!("{long} {long} {long} The ferry leaves Bodø at 8:15.");
    assert!(whole(&wrong) < 0.7 * whole(long), "a finding weighs, however much else is right");
}

#[test]
fn courtesy_headings_and_words_about_the_text_claim_nothing() {
    let source = "A seat in the tower costs $20.";
    for nothing in [
        "Dear Ms Holm,",
        "Kind regards,",
        "I hope this helps!",
        "## Prices",
        "**Prices and times**",
        "Here are the prices:",
        "[1] Source: passage 2",
        "```json",
        "Osterby Customer Care",
        "The passage does not mention opening hours.",
        "Please contact us again soon.",
    ] {
        let reading = read(nothing, &[source]);
        assert_eq!((reading.findings, reading.sentences[0].content), (vec![], 0), "{nothing}");
        assert_eq!(reading.sentences[0].support, 1.0, "{nothing}");
    }
    assert_eq!(found_in(source, "A seat costs $20.\n\nKind regards,\nMaria Berg\nthe Osterby team"), []);
    assert_eq!(found_in(source, "Please pay $25 for a seat in the tower.").len(), 1, "advice may hold a value");
    let framed = read("The passage states that a seat in the tower costs $20.", &[source]);
    assert_eq!(framed.sentences[0].support, read(source, &[source]).sentences[0].support);
}

#[test]
fn values_that_change_places_are_contradicted() {
    for (source, output) in [
        ("Adults pay $7 and children pay $12.", "Adults pay $12 and children pay $7."),
        ("The mill was built in 1804 and burnt in 1871.", "The mill was built in 1871 and burnt in 1804."),
        ("Ann Berg beat Bo Lund in the final.", "Bo Lund beat Ann Berg in the final."),
        ("The pipe carries gas from Norway to Poland.", "The pipe carries gas from Poland to Norway."),
        ("| lamp | 3 |\n| desk | 4 |", "| lamp | 4 |\n| desk | 4 |"),
        ("A-17,lamp,3,45.00\nA-18,desk,4,45.00", "A-17,lamp,4,45.00"),
        ("It was -5 degrees in the valley.", "It was 5 degrees in the valley."),
        ("She came third in the race.", "She came second in the race."),
        ("The boat costs $50 a day.", "The boat costs $50 a month."),
    ] {
        assert!(found_in(source, output).iter().any(|(kind, _)| kind.starts_with("contradicted")), "{output}");
        assert_eq!(found_in(source, source), [], "{source}");
    }
    assert_eq!(found_in("Prices moved by -5 %.", "Prices fell by 5 %."), []);
    assert_eq!(
        found_in("The hall opens at 8. The pool opens at 9.", "The pool opens at 9, and the hall opens at 8."),
        []
    );
}

#[test]
fn what_follows_from_numbers_of_one_kind_is_derivable() {
    for (source, output) in [
        ("The desk costs $250.00 and the chair $135.00.", "Both together cost $385.00."),
        ("The fee was halved from $10 million to $5 million.", "The fee fell by 50 %."),
        ("Of 200 people asked, 50 said yes.", "Of the people asked, 25 % said yes."),
        ("The shop sells lamps, chairs, tables and beds.", "The shop sells four products."),
    ] {
        let kinds: Vec<String> = found_in(source, output).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["derivable_number"], "{output}");
    }
    for (source, output) in [
        ("Anna won 3 games in 1990 and lost 2.", "Anna played in 1993."),
        ("The oven weighs 30 kg and takes 12 minutes.", "The oven needs 42 minutes."),
        ("Lamps have a warranty of 3 years. Grinders: 2 years.", "Lamps come with 5 years of warranty."),
    ] {
        assert!(found_in(source, output).iter().all(|(kind, _)| !kind.starts_with("derivable")), "{output}");
    }
}

#[test]
fn of_another_language_only_values_are_compared_however_short() {
    let source = "The museum in Oslo opened in 1987 and has 240 rooms on 5 floors. Adults pay 14 euros.";
    for output in [
        "Das Museum in Oslo öffnete 1987.",
        "Le musée a 240 salles.",
        "El museo de Oslo tiene 240 salas.",
        "Museet i Oslo åpnet i 1987 og har 240 rom.",
        "Muzeum w Oslo zostało otwarte w 1987 roku i ma 240 sal na pięciu piętrach.",
    ] {
        assert!(read(output, &[source]).translated, "{output}");
    }
    for output in [
        "Museum in Oslo.",
        "Van Gogh rooms: 240 in Oslo.",
        "Rooms: 240. Floors: 5. Opened: 1987. Adults: 14 euros.",
        "Museum closes doors, director resigns amid funding scandal.",
        "The café in Oslo has 5 rooms.",
    ] {
        assert!(!read(output, &[source]).translated, "{output}");
    }
}

#[test]
fn of_another_script_only_values_are_compared() {
    let source = "The bakery opens at 8:00 on weekdays and sells bread.";
    let reading = read("パン屋は平日の8:00に開店します。", &[source]);
    assert!(!read("| item | n | price |\n|---|---|---|\n| bread | 4 | 8.00 |", &[source]).translated);
    assert!(reading.translated && reading.findings.is_empty() && reading.sentences[0].content == 0, "{reading:?}");
    let reading = read("パン屋は平日の9:00に開店します。", &[source]);
    assert_eq!(reading.findings.iter().map(|finding| finding.subject).collect::<Vec<_>>(), [Subject::Time]);
    assert_eq!(found_in("김민수는 서울에서 빵을 판다. 가게는 크다.", "김민수는 부산에서 빵을 판다."), []);
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
        prop_assert!(reading.sentences.is_empty() || output[end..].trim().is_empty());
        prop_assert!(reading.findings.is_sorted_by_key(Finding::rank));
        for finding in &reading.findings {
            prop_assert!(output.get(finding.range.clone()).is_some_and(|text| !text.is_empty()));
            prop_assert!(finding.source.iter().all(|p| documents[p.document].get(p.range.clone()).is_some()));
        }
    }
}
