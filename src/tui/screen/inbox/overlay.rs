//! What lies over the inbox.

mod answer_form;

pub use answer_form::AnswerForm;
