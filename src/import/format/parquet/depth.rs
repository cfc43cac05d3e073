//! How deep a Parquet file says that its columns are nested. The crate that decodes it goes into them one
//! within the other, and what is too deep for the stack cannot be caught.

use super::unsigned;

/// Deepest nesting of columns; a list takes two levels.
const DEEPEST: usize = 128;

/// Deepest nesting within what is passed over.
const PASSED_OVER: usize = 32;

// The compact protocol of Thrift. Of a boolean member the type is the value.
const STOP: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// The member of a file's metadata that lists its columns, each before those within it.
const COLUMNS: u64 = 2;

/// The member of a column that says how many columns are within it.
const WITHIN: u64 = 5;

/// Fails where columns are nested deeper than can be meant. Metadata that makes no sense is left to who
/// decodes it.
pub(super) fn refuse_deep(metadata: &[u8]) -> Result<(), String> {
    match is_deep(&mut Thrift(metadata)) {
        Some(true) => Err(format!("its columns are said to be nested deeper than {DEEPEST} levels")),
        _ => Ok(()),
    }
}

fn is_deep(metadata: &mut Thrift) -> Option<bool> {
    let mut id = 0;
    loop {
        match metadata.member(&mut id)? {
            STOP => return None,
            LIST if id == COLUMNS => break,
            kind => metadata.pass_over(kind, 0)?,
        }
    }
    // How many are still to come within each of those that are open.
    let mut open: Vec<u64> = Vec::new();
    let (_, count) = metadata.list()?;
    for _ in 0..count {
        let within = metadata.column()?;
        while open.pop_if(|left| *left == 0).is_some() {}
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        if within > 0 {
            open.push(within);
        }
        if open.len() > DEEPEST {
            return Some(true);
        }
    }
    Some(false)
}

/// What is left to be read.
struct Thrift<'a>(&'a [u8]);

impl Thrift<'_> {
    /// The type of the next member, whose number comes into `id`.
    fn member(&mut self, id: &mut u64) -> Option<u8> {
        let head = self.byte()?;
        match head >> 4 {
            0 if head == STOP => {}
            0 => *id = self.unsigned()? >> 1,
            step => *id += u64::from(step),
        }
        Some(head & 0x0f)
    }

    /// How many columns are within the one that stands here.
    fn column(&mut self) -> Option<u64> {
        let (mut id, mut within) = (0, 0);
        loop {
            match self.member(&mut id)? {
                STOP => return Some(within),
                I32 if id == WITHIN => {
                    let number = self.unsigned()?;
                    // An odd number stands for one below zero.
                    within = if number % 2 == 0 { number / 2 } else { 0 };
                }
                kind => self.pass_over(kind, 0)?,
            }
        }
    }

    /// The type and the number of the elements of a list or set.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.unsigned()?,
            few => few.into(),
        };
        Some((head & 0x0f, count))
    }

    fn pass_over(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            _ if depth == PASSED_OVER => return None,
            TRUE | FALSE => {}
            BYTE => drop(self.byte()?),
            I16 | I32 | I64 => drop(self.unsigned()?),
            DOUBLE => self.skip(8)?,
            BINARY => {
                let length = self.unsigned()?;
                self.skip(length)?;
            }
            LIST | SET => {
                let (kind, count) = self.list()?;
                self.elements(&[kind], count, depth)?;
            }
            MAP => {
                let count = self.unsigned()?;
                if count > 0 {
                    let kinds = self.byte()?;
                    self.elements(&[kinds >> 4, kinds & 0x0f], count, depth)?;
                }
            }
            STRUCT => {
                let mut id = 0;
                loop {
                    match self.member(&mut id)? {
                        STOP => break,
                        kind => self.pass_over(kind, depth + 1)?,
                    }
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn elements(&mut self, kinds: &[u8], count: u64, depth: usize) -> Option<()> {
        for _ in 0..count {
            for kind in kinds {
                match *kind {
                    // An element has no head in which it could stand.
                    TRUE | FALSE => drop(self.byte()?),
                    kind => self.pass_over(kind, depth + 1)?,
                }
            }
        }
        Some(())
    }

    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn unsigned(&mut self) -> Option<u64> {
        let (number, rest) = unsigned(self.0)?;
        self.0 = rest;
        Some(number)
    }

    fn skip(&mut self, length: u64) -> Option<()> {
        self.0 = self.0.get(usize::try_from(length).ok()?..)?;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metadata with so many columns within one another, each with a name.
    fn nested(levels: usize) -> Vec<u8> {
        let count = levels + 1;
        let mut bytes = vec![
            0x15,
            2,
            0x19,
            0xfc,
            (count & 0x7f) as u8 | 0x80,
            (count >> 7 & 0x7f) as u8 | 0x80,
            (count >> 14) as u8,
        ];
        for level in 0..count {
            let within = if level < levels { &[0x15, 2][..] } else { &[] };
            bytes.extend([&[0x48, 1, b'x'], within, &[STOP]].concat());
        }
        bytes.push(STOP);
        bytes
    }

    #[test]
    fn depth_is_what_is_open_at_once() {
        assert_eq!(is_deep(&mut Thrift(&nested(DEEPEST))), Some(false));
        assert_eq!(is_deep(&mut Thrift(&nested(DEEPEST + 1))), Some(true));
        assert_eq!(is_deep(&mut Thrift(&nested(100_000))), Some(true));
        // A root with two groups of one column each.
        let groups: [&[u8]; 6] = [&[0x15, 2, 0x19, 0x5c], &[0x55, 4, 0], &[0x55, 2, 0], &[0], &[0x55, 2, 0], &[0, 0]];
        let bytes = groups.concat();
        assert_eq!(is_deep(&mut Thrift(&bytes)), Some(false));
    }

    #[test]
    fn what_makes_no_sense_is_no_depth() {
        for bytes in [&b""[..], &[0xff; 40], &[0x19, 0xfc, 0xff], &[0x1c; 100], &[0x19, 0xf9, 0xff, 0xff, 0xff, 0x7f]] {
            assert_eq!(is_deep(&mut Thrift(bytes)), None, "{bytes:?}");
        }
    }
}
