//! `meta`: what comes with an item beyond the fields that karat knows.

use super::fault::Fault;
use super::json::{Member, members, push_text, repeated};
use super::scan;
use std::borrow::Cow;
use std::collections::HashSet;

/// Merges meta's own source and the members without a place of their own into one object:
/// `parts` of context documents, and `fields` of the record. Values stay as written. Fields are
/// sorted, so that their order in the file makes no difference, and keep their names; any other
/// member of such a name gets `meta.` in front.
pub(super) fn merge(own: Option<&str>, parts: Vec<Member>, mut fields: Vec<Member>) -> Result<Option<String>, Fault> {
    let mut others = own.map(own_members).transpose().map_err(|fault| fault.within("meta"))?.unwrap_or_default();
    if parts.is_empty() && fields.is_empty() {
        return Ok(own.filter(|_| !others.is_empty()).map(str::to_owned));
    }
    check_members(&parts)?;
    check_members(&fields)?;
    others.extend(parts);
    fields.sort();
    if !others.is_empty() {
        let mut taken: HashSet<Cow<str>> = fields.iter().map(|(name, _)| name.clone()).collect();
        for (name, _) in &mut others {
            while !taken.insert(name.clone()) {
                *name = format!("meta.{name}").into();
            }
        }
    }
    others.extend(fields);
    Ok(Some(object(&others)))
}

fn own_members(source: &str) -> Result<Vec<Member<'_>>, Fault> {
    let mut own = Vec::new();
    members(source, |name, value| {
        own.push((name, value.into()));
        Ok(())
    })?;
    scan::check(source)?;
    refuse_repeats(&own)?;
    Ok(own)
}

fn check_members(members: &[Member]) -> Result<(), Fault> {
    for (name, source) in members {
        if name.contains('\0') {
            return Err(Fault::new(format!("the name of a field {}", scan::NUL)));
        }
        scan::check(source).map_err(|fault| fault.within(name))?;
    }
    refuse_repeats(members)
}

fn refuse_repeats(members: &[Member]) -> Result<(), Fault> {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    if names.windows(2).all(|two| two[0] != two[1]) {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(members.len());
    members.iter().try_for_each(|(name, _)| if seen.insert(name) { Ok(()) } else { Err(repeated(name)) })
}

fn object(members: &[Member]) -> String {
    let mut json = String::with_capacity(members.iter().map(|(name, source)| name.len() + source.len() + 4).sum());
    for (at, (name, source)) in members.iter().enumerate() {
        json.push(if at == 0 { '{' } else { ',' });
        push_text(name, &mut json);
        json.push(':');
        json.push_str(source);
    }
    json.push('}');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(own: Option<&'static str>, fields: &[(&'static str, &'static str)]) -> Option<String> {
        let fields = fields.iter().map(|&(name, source)| (name.into(), source.into())).collect();
        merge(own, Vec::new(), fields).unwrap()
    }

    #[test]
    fn meta_alone_stays_as_written() {
        assert_eq!(merged(Some(r#"{ "n": 1.50 }"#), &[]).as_deref(), Some(r#"{ "n": 1.50 }"#));
        assert_eq!(merged(Some("{}"), &[]), None);
        assert_eq!(merged(None, &[]), None);
    }

    #[test]
    fn fields_come_sorted_after_metas_own_members() {
        let fields = [("zeta", "1e2"), ("alpha", r#"[ 1 ]"#)];
        assert_eq!(merged(Some(r#"{"own":0.10}"#), &fields).unwrap(), r#"{"own":0.10,"alpha":[ 1 ],"zeta":1e2}"#);
    }

    #[test]
    fn a_name_in_both_loses_neither_value() {
        let own = Some(r#"{"source":"inner","meta.source":"odd"}"#);
        let expected = r#"{"meta.source":"inner","meta.meta.source":"odd","source":"outer"}"#;
        assert_eq!(merged(own, &[("source", r#""outer""#)]).unwrap(), expected);
    }

    #[test]
    fn a_name_that_stands_twice_is_refused() {
        let twice = merge(Some(r#"{"a":1,"a":2}"#), Vec::new(), Vec::new()).unwrap_err();
        assert_eq!(twice.field.as_deref(), Some("meta.a"));
        let fields = vec![("b".into(), "1".into()), ("b".into(), "2".into())];
        assert_eq!(merge(None, Vec::new(), fields).unwrap_err().field.as_deref(), Some("b"));
    }
}
