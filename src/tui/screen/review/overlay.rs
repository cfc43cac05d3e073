//! Overlays of the review screen.

mod attachments;
mod cause_form;
mod compare_item;
mod correction;
mod find_line;
mod findings;
mod history;
mod macro_form;
mod macros;
mod mark_form;
mod marking;
mod marks;
mod note;
mod orders;
mod picker;
mod precedent;
mod route_form;
mod settled;

pub use attachments::Attachments;
pub use cause_form::CauseForm;
pub use compare_item::CompareItem;
pub use correction::Correction;
pub use find_line::FindLine;
pub use findings::Findings;
pub use history::HistoryView;
pub use macro_form::MacroForm;
pub use macros::Macros;
pub use mark_form::MarkForm;
pub use marking::Marking;
pub use marks::Marks;
pub use note::Note;
pub use orders::Orders;
pub use picker::{Picker, Purpose};
pub use precedent::PrecedentView;
pub use route_form::RouteForm;
pub use settled::SettledView;
