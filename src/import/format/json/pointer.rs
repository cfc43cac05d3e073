//! Going to the list that a JSON pointer (RFC 6901) names.

use super::frame::Scanner;
use crate::import::fault::ImportError;
use std::io;

/// Reads on to the list that `pointer` names, in the value that comes next. Fails where the
/// pointer names no list.
pub(super) fn go_to_list(scan: &mut Scanner, pointer: &str) -> Result<(), ImportError> {
    let name = scan.input.name.to_string();
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return Err(ImportError::NoPointer(pointer.to_owned()));
    }
    match find_list(scan, pointer) {
        Ok(true) => Ok(()),
        Ok(false) => Err(ImportError::NoList { name, pointer: pointer.to_owned() }),
        Err(error) => Err(ImportError::Io { name, error }),
    }
}

fn find_list(scan: &mut Scanner, pointer: &str) -> io::Result<bool> {
    for token in pointer.split('/').skip(1) {
        let token = token.replace("~1", "/").replace("~0", "~");
        let is_found = match scan.next_byte(b"")? {
            Some(b'{') => find_member(scan, &token)?,
            Some(b'[') => find_element(scan, &token)?,
            _ => false,
        };
        if !is_found {
            return Ok(false);
        }
    }
    Ok(scan.next_byte(b"")? == Some(b'['))
}

/// Reads on to the value of the member, in the object that begins here.
fn find_member(scan: &mut Scanner, name: &str) -> io::Result<bool> {
    scan.consume(1);
    while scan.next_byte(b",")?.is_some_and(|byte| byte != b'}') {
        let is_it = scan.name()? == name;
        scan.next_byte(b":")?;
        if is_it {
            return Ok(true);
        }
        scan.skip()?;
    }
    Ok(false)
}

/// Reads on to the element, in the list that begins here.
fn find_element(scan: &mut Scanner, index: &str) -> io::Result<bool> {
    let Ok(mut left) = index.parse::<u64>() else { return Ok(false) };
    scan.consume(1);
    while scan.next_byte(b",")?.is_some_and(|byte| byte != b']') {
        if left == 0 {
            return Ok(true);
        }
        left -= 1;
        scan.skip()?;
    }
    Ok(false)
}
