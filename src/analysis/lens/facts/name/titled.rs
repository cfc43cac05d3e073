//! Names in scripts that have no capitals, by the title behind them: 田中さん, 王小明先生, 김철수 씨.

use crate::analysis::lens::tokens;
use std::ops::Range;

const JAPANESE: [&str; 10] = ["さん", "さま", "ちゃん", "様", "氏", "君", "先生", "選手", "監督", "教授"];

const CHINESE: [&str; 9] = ["先生", "女士", "小姐", "教授", "博士", "总统", "总理", "主席", "經理"];

const KOREAN: [&str; 2] = ["씨", "님"];

/// First characters of most Chinese names.
const SURNAMES: &str = "王李张張刘劉陈陳杨楊黄黃赵趙周吴吳徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩韓邓鄧冯馮曹彭曾肖\
    田董潘袁蔡蒋蔣余于杜叶葉程魏苏蘇吕呂丁任卢盧姚沈钟鍾姜崔谭譚陆陸范汪廖石金贾賈韦韋夏付方邹鄒熊白孟秦邱侯江尹薛闫段雷龙龍\
    史陶贺賀顾顧毛郝龚龔邵万萬钱錢严嚴洪";

/// First syllables of most Korean names.
const KOREAN_SURNAMES: &str = "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허남심노하곽성차주우구민진";

/// Words before a title that name nobody; names may end like the last signs of some of them.
const NOBODY: [&str; 22] = [
    "担当者",
    "担当",
    "患者",
    "利用者",
    "読者",
    "会員",
    "関係者",
    "参加者",
    "店員",
    "奥",
    "娘",
    "息子",
    "看護師",
    "業者",
    "職人",
    "学生",
    "会社員",
    "運転手",
    "各位",
    "이용자",
    "구매자",
    "신청자",
];

/// Signs with which a title is another word: 仕様, 多様.
const OTHER_WORD: &str = "仕同多模異各一神殿有";

/// A name, and the title that tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Titled {
    /// Bytes of the name.
    pub range: Range<usize>,
    pub title: &'static str,
}

/// The names of a sentence that are told by a title.
pub(in super::super) fn find(text: &str, sentence: &Range<usize>) -> Vec<Titled> {
    let said = &text[sentence.clone()];
    if said.is_ascii() {
        return Vec::new();
    }
    let is_japanese = said.contains(is_kana);
    let titles: &[&str] = if is_japanese { &JAPANESE } else { &CHINESE };
    let mut found: Vec<Titled> = Vec::new();
    for &title in titles.iter().chain(&KOREAN) {
        for (at, _) in said.match_indices(title) {
            let (before, after) = (&said[..at], &said[at + title.len()..]);
            let name = match title {
                _ if KOREAN.contains(&title) => korean(before),
                _ if is_japanese && after.starts_with(is_han) && title.starts_with(is_han) => None, // a longer word
                _ if is_japanese => japanese(before, title),
                _ => chinese(before),
            };
            if let Some(name) = name.filter(|name| !NOBODY.iter().any(|nobody| name.ends_with(nobody))) {
                let end = sentence.start + before.trim_end().len();
                found.push(Titled { range: end - name.len()..end, title });
            }
        }
    }
    found.sort_by_key(|name| name.range.start);
    found.dedup_by(|next, kept| next.range.start < kept.range.end);
    found
}

/// The characters at the end of a text that are all so.
fn run(text: &str, is_so: impl Fn(char) -> bool) -> &str {
    let start = text.char_indices().rev().take_while(|(_, c)| is_so(*c)).last();
    start.map_or("", |(at, _)| &text[at..])
}

fn japanese<'t>(before: &'t str, title: &str) -> Option<&'t str> {
    let name = run(before, |c| is_han(c) || is_katakana(c));
    let length = name.chars().count();
    let is_other_word = title == "様" && name.ends_with(|c| OTHER_WORD.contains(c));
    let is_name = if name.contains(is_katakana) { (2..=16).contains(&length) } else { (2..=5).contains(&length) };
    (is_name && !is_other_word).then_some(name)
}

/// The two or three signs before a title of which the first is a family's.
fn chinese(before: &str) -> Option<&str> {
    let signs = run(before, is_han);
    [3, 2].into_iter().find_map(|length| {
        let (at, first) = signs.char_indices().rev().nth(length - 1)?;
        SURNAMES.contains(first).then_some(&signs[at..])
    })
}

fn korean(before: &str) -> Option<&str> {
    let name = run(before.strip_suffix(' ').unwrap_or(before), is_hangul);
    (name.chars().count() == 3 && name.starts_with(|c| KOREAN_SURNAMES.contains(c))).then_some(name)
}

fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')
}

fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー' | '・')
}

fn is_han(c: char) -> bool {
    c == '々' || tokens::is_wide(c) && c >= '\u{3400}'
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&str> {
        find(text, &(0..text.len())).into_iter().map(|name| &text[name.range]).collect()
    }

    #[test]
    fn a_title_tells_a_name() {
        for (text, expected) in [
            ("田中花子さんにお問い合わせください。", &["田中花子"][..]),
            ("ジョン・スミス氏と佐々木様が来ました。", &["ジョン・スミス", "佐々木"]),
            ("和李明先生一起，王小明女士说。", &["李明", "王小明"]),
            ("김철수 씨는 박영희님을 만났다.", &["김철수", "박영희"]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn other_words_before_a_title_are_no_names() {
        for text in [
            "お客様の仕様は多様です。",
            "ご担当者様、皆さん、患者さんへ。",
            "製品仕様と氏名を書く。",
            "女士们，先生们，大家好。",
            "고객님, 선생님, 이용자님께",
            "No names here.",
        ] {
            assert_eq!(names(text), Vec::<&str>::new(), "{text}");
        }
    }
}
