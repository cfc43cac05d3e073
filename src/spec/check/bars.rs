//! Checks of bars against the rest of the spec.

use crate::spec::document::Document;
use crate::spec::name::shown;
use crate::spec::problem::Problems;
use crate::spec::syntax::Sound;
use crate::text::suggest::nearest;

/// Agreement is measured on what the spec lets people judge.
pub(super) fn name_what_is_judged(document: &Document, sound: &Sound, problems: &mut Problems) {
    let spec = &document.spec;
    let categories = || spec.failures.iter().map(|failure| failure.key.as_str());
    let criteria = || spec.criteria.iter().map(|criterion| criterion.key.as_str());
    let known = || categories().chain(criteria());
    // An entry that could not be read may be the one that is meant.
    if sound.hides_a_block() || known().any(str::is_empty) {
        return;
    }
    for key in &document.judged_keys {
        let (at, key) = (key.span().start, key.get_ref().as_str());
        let is = |mut keys: Box<dyn Iterator<Item = &str> + '_>| keys.any(|known| known == key);
        match (is(Box::new(categories())), is(Box::new(criteria()))) {
            (true, true) => {
                let reason = format!("`{}` is both a category and a criterion", shown(key));
                problems.push(at, reason, "give one of the two another key");
            }
            (false, false) => {
                let hint = nearest(key, known().chain(["verdict"])).map_or_else(
                    || "write `verdict`, or the key of a [[failure]] or of a [[criterion]]".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                problems.push(at, format!("nobody judges `{}` by this spec", shown(key)), hint);
            }
            _ => {}
        }
    }
}
