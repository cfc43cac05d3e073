//! Shares in percent, as people read them.

/// `95 %`, `97.5 %`: to a tenth of a percent.
pub fn percent(share: f64) -> String {
    tenths((share * 1000.0).round())
}

/// A share that somebody wrote, as they did: `99.95 %`.
pub fn exact(share: f64) -> String {
    format!("{} %", (share * 1e8).round() / 1e6)
}

/// The share that is at least so much, rounded down: what is written is true.
pub fn at_least(share: f64) -> String {
    tenths((share * 1000.0 + 1e-9).floor())
}

/// The share that is at most so much, rounded up.
pub fn at_most(share: f64) -> String {
    tenths((share * 1000.0 - 1e-9).ceil())
}

fn tenths(tenths: f64) -> String {
    let tenths = if tenths == 0.0 { 0.0 } else { tenths }; // no minus before it
    if tenths % 10.0 == 0.0 { format!("{} %", tenths / 10.0) } else { format!("{:.1} %", tenths / 10.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_true() {
        assert_eq!((percent(0.95), percent(0.9749), percent(1.0)), ("95 %".into(), "97.5 %".into(), "100 %".into()));
        assert_eq!((exact(0.95), exact(0.9995), exact(0.29)), ("95 %".into(), "99.95 %".into(), "29 %".into()));
        assert_eq!((at_least(0.96199), at_most(0.96101)), ("96.1 %".into(), "96.2 %".into()));
        assert_eq!((at_least(0.95), at_most(0.95)), ("95 %".into(), "95 %".into()));
        assert_eq!((at_least(-0.0121), percent(-0.0001)), ("-1.3 %".into(), "0 %".into()));
    }
}
