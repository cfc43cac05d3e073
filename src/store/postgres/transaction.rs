//! The present transaction, with the statements that wait to be sent in it. They end with
//! it: whoever sends something outside a transaction, or in the next one, has none of them.

use super::pipelined::Pipelined;

/// Where the present transaction stands.
#[derive(Default)]
pub(super) enum Transaction {
    #[default]
    None,
    /// Asked for; it begins with the first statement, in the same round trip.
    Wanted { kind: Kind, waiting: Vec<Pipelined> },
    /// Begun on the server. `xid`: the number by which it can be asked later what became of
    /// a transaction that writes.
    Begun { xid: Option<String>, waiting: Vec<Pipelined> },
    /// A statement failed: the server does nothing more in it, and nothing waits.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Write,
    Read,
}

impl Kind {
    /// A transaction that writes is given its number at once.
    fn begin(self) -> &'static str {
        match self {
            Kind::Write => "BEGIN; SELECT pg_current_xact_id()",
            Kind::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// What goes out before the next statement of a transaction.
#[derive(Default)]
pub(super) struct Ahead {
    pub begin: Option<&'static str>,
    pub statements: Vec<Pipelined>,
}

impl Transaction {
    pub(super) fn wanted(kind: Kind) -> Self {
        Transaction::Wanted { kind, waiting: Vec::new() }
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Transaction::None)
    }

    /// The server has heard of it.
    pub(super) fn is_under_way(&self) -> bool {
        matches!(self, Transaction::Begun { .. } | Transaction::Failed)
    }

    /// How many statements wait.
    pub(super) fn waiting(&self) -> usize {
        match self {
            Transaction::Wanted { waiting, .. } | Transaction::Begun { waiting, .. } => waiting.len(),
            Transaction::None | Transaction::Failed => 0,
        }
    }

    /// Keeps a statement until the next one is sent. One that has failed keeps none, and
    /// outside a transaction there is nothing to keep it in.
    pub(super) fn keep(&mut self, statement: Pipelined) {
        match self {
            Transaction::Wanted { waiting, .. } | Transaction::Begun { waiting, .. } => waiting.push(statement),
            Transaction::None | Transaction::Failed => {}
        }
    }

    /// Takes what goes out before the next statement: nothing outside a transaction.
    pub(super) fn take_ahead(&mut self) -> Ahead {
        match self {
            Transaction::Wanted { kind, waiting } => {
                Ahead { begin: Some(kind.begin()), statements: std::mem::take(waiting) }
            }
            Transaction::Begun { waiting, .. } => Ahead { begin: None, statements: std::mem::take(waiting) },
            Transaction::None | Transaction::Failed => Ahead::default(),
        }
    }

    pub(super) fn fail(&mut self) {
        if !self.is_none() {
            *self = Transaction::Failed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Pipelined {
        Pipelined::new("INSERT INTO event", &[])
    }

    #[test]
    fn what_waits_goes_out_once_and_in_its_transaction() {
        let mut transaction = Transaction::wanted(Kind::Write);
        transaction.keep(statement());
        let ahead = transaction.take_ahead();
        assert!(ahead.begin.is_some_and(|begin| begin.starts_with("BEGIN")));
        assert_eq!(ahead.statements.len(), 1);
        assert_eq!(transaction.take_ahead().statements.len(), 0);
    }

    #[test]
    fn what_waits_ends_with_its_transaction() {
        let mut transaction = Transaction::Begun { xid: Some("7".into()), waiting: Vec::new() };
        transaction.keep(statement());
        assert_eq!(transaction.waiting(), 1);
        let ended = std::mem::take(&mut transaction);
        assert_eq!(ended.waiting(), 1);
        let ahead = transaction.take_ahead();
        assert!(ahead.begin.is_none() && ahead.statements.is_empty(), "outside a transaction nothing goes ahead");

        let mut transaction = ended;
        transaction.fail();
        assert!(transaction.take_ahead().statements.is_empty());
        transaction = Transaction::wanted(Kind::Write);
        assert!(transaction.take_ahead().statements.is_empty());
    }

    #[test]
    fn outside_a_transaction_nothing_is_kept() {
        for mut transaction in [Transaction::None, Transaction::Failed] {
            transaction.keep(statement());
            assert_eq!(transaction.waiting(), 0);
        }
    }
}
