//! What colleagues have done in the sample queues before anybody opens them.

/// Something that happened in a sample queue.
pub(super) struct Happened {
    pub queue: &'static str,
    pub hours_ago: i64,
    pub what: What,
}

pub(super) enum What {
    /// Another attempt came in, which is this item.
    Came(&'static str),
    Decided(Decided),
}

/// A decision on an item.
pub(super) struct Decided {
    pub item: &'static str,
    pub by: &'static str,
    pub said: Said,
    pub note: &'static str,
}

pub(super) enum Said {
    Accept,
    /// With categories, and words of the output that are marked with one.
    Reject(&'static [&'static str], &'static [Marked]),
    /// To a route.
    Escalate(&'static str),
}

/// Words of an output, the category that they are marked with, and a comment.
pub(super) type Marked = (&'static str, &'static str, &'static str);

/// When the outputs of the sample queues came in.
pub(super) const FILLED_HOURS_AGO: i64 = 72;

const fn decided(queue: &'static str, hours_ago: i64, decided: Decided) -> Happened {
    Happened { queue, hours_ago, what: What::Decided(decided) }
}

const fn came(queue: &'static str, hours_ago: i64, item: &'static str) -> Happened {
    Happened { queue, hours_ago, what: What::Came(item) }
}

/// One question is overdue, one is due; two opinions differ; and a case is at its third attempt. In
/// each queue what happened first comes first.
pub(super) const HAPPENED: [Happened; 8] = [
    decided(
        "support-replies",
        50,
        Decided {
            item: "sup-0066",
            by: "mira",
            said: Said::Escalate("policy"),
            note: "Two articles disagree here, and the reply says so. May we send that, or do we settle it first?",
        },
    ),
    decided(
        "support-replies",
        1,
        Decided {
            item: "sup-0061",
            by: "mira",
            said: Said::Escalate("safety"),
            note: "The reply is good, but a child is hurt: does the safety desk send it?",
        },
    ),
    decided(
        "product-copy",
        22,
        Decided {
            item: "copy-0019",
            by: "mira",
            said: Said::Reject(
                &["unsupported_claim"],
                &[("brews and steams at the same time", "unsupported_claim", "inferred from the two boilers")],
            ),
            note: "Nothing on the sheet says that it brews and steams at once.",
        },
    ),
    decided(
        "product-copy",
        20,
        Decided {
            item: "copy-0019",
            by: "jon",
            said: Said::Accept,
            note: "That is what two boilers are for; whoever owns a machine reads it so.",
        },
    ),
    decided(
        "invoice-extraction",
        47,
        Decided {
            item: "inv-0071",
            by: "jon",
            said: Said::Reject(&["missing_line"], &[]),
            note: "The fragile labels are missing: six lines of seven.",
        },
    ),
    came("invoice-extraction", 30, "inv-0079"),
    decided(
        "invoice-extraction",
        28,
        Decided {
            item: "inv-0079",
            by: "mira",
            said: Said::Reject(
                &["wrong_amount", "missing_line"],
                &[
                    ("\"quantity\": 250", "wrong_amount", "2,500 on the invoice"),
                    ("\"net\": 2854.9", "missing_line", "the lines add up to 2,497.10"),
                ],
            ),
            note: "Tape and delivery are missing now, and 2,500 cartons became 250.",
        },
    ),
    came("invoice-extraction", 3, "inv-0082"),
];
