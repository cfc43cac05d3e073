//! Outputs of models: plain or marked up, in many scripts, some of them odd.

use support::dice::Dice;

/// How many outputs a duplicate may be of.
const REMEMBERED: usize = 4096;

const CJK: [&str; 4] = [
    "返品は三十日以内にお願いします。",
    "请核对发票上的金额。",
    "환불은 영업일 기준 5일이 걸립니다.",
    "「保証書」を同封してください。",
];
const EMOJI: [&str; 5] = ["✅ done", "⚠️ please check", "👩‍🔧 on the way", "🇳🇱 → 🇧🇪", "👍🏽"];
const COMBINING: [&str; 4] =
    ["cafe\u{301} cre\u{300}me", "हिन्दी में उत्तर", "n\u{303}andu\u{301}", "a\u{308}o\u{308}u\u{308}"];
const RIGHT_TO_LEFT: [&str; 3] = ["يرجى تأكيد رقم الطلب.", "ההחזר בדרך אליכם.", "\u{202b}שלום abc 123\u{202c}"];
const ESCAPES: [&str; 4] =
    ["\u{1b}[31mred\u{1b}[0m", "\u{1b}[2J\u{1b}[H", "\u{1b}]0;title\u{7}", "\u{1b}]52;c;eHh4\u{7}"];
const CONTROLS: [&str; 4] = ["one\ttwo\tthree", "10 %\r100 %", "bell\u{7}", "zero\u{200b}width"];

/// Makes outputs, and gives some of them twice.
#[derive(Default)]
pub(super) struct Outputs {
    earlier: Vec<String>,
    made: usize,
}

impl Outputs {
    /// An output of about `count` sentences.
    pub(super) fn next(&mut self, dice: &mut Dice, ticket: &str, sentences: &[String], count: usize) -> String {
        if dice.chance(30) && !self.earlier.is_empty() {
            return self.earlier[dice.below(self.earlier.len())].clone();
        }
        let body = form(dice, ticket, &sentences[..count]);
        let output = spiced(dice, body, sentences);
        self.remember(&output);
        output
    }

    fn remember(&mut self, output: &str) {
        self.made += 1;
        match self.earlier.len() {
            REMEMBERED => self.earlier[self.made % REMEMBERED] = output.to_owned(),
            _ => self.earlier.push(output.to_owned()),
        }
    }
}

/// Plain text, or one of the forms that models like.
fn form(dice: &mut Dice, ticket: &str, sentences: &[String]) -> String {
    let (first, rest) = (&sentences[0], sentences[1..].join(" "));
    match dice.below(100) {
        0..8 => format!("Regarding {ticket}:\n\n- {}", sentences.join("\n- ")),
        8..13 => format!(
            "```json\n{{\n  \"ticket\": \"{ticket}\",\n  \"note\": \"{ticket} is open\"\n}}\n```\n{first} {rest}"
        ),
        13..18 => {
            format!("## {ticket}\n\n1. {first}\n\n> {rest}\n\n| key | value |\n|---|---|\n| ticket | `{ticket}` |")
        }
        _ => format!("Regarding {ticket}: {first}\n{rest}"),
    }
}

/// Now and then with what makes text hard to show.
fn spiced(dice: &mut Dice, body: String, sentences: &[String]) -> String {
    match dice.below(1000) {
        0..80 => format!("{body}\n{}{}", dice.pick(&CJK), dice.pick(&CJK)),
        80..160 => format!("{body} {}", dice.pick(&EMOJI)),
        160..200 => format!("{} {body}", dice.pick(&COMBINING)),
        200..230 => format!("{body}\n{}", dice.pick(&RIGHT_TO_LEFT)),
        230..250 => format!("{} {body}", dice.pick(&ESCAPES)),
        250..255 => format!("{body}\n{}", dice.pick(&CONTROLS)),
        255..260 => sentences.join("\n\n"),
        260..265 => dice.pick(&["", " ", "\n\n"]).to_owned(),
        _ => body,
    }
}
