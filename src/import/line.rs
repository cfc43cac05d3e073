//! A record that is to be one JSON object.

use super::byte_order_mark::without_mark;
use super::fault::Fault;
use super::json::is_json;
use super::value::Value;

/// The source of the object, without the marks before it.
pub(super) fn object_of_line(source: &[u8]) -> Result<&str, Fault> {
    let source = std::str::from_utf8(without_mark(source))
        .map_err(|error| Fault::new(format!("invalid UTF-8 at byte {}", error.valid_up_to() + 1)))?;
    let record = source.trim_ascii();
    if !record.starts_with('{') && is_json(record) {
        return Err(Value::from_json(record).map_or_else(|fault| fault, |value| value.mistyped("an object")));
    }
    Ok(source)
}
