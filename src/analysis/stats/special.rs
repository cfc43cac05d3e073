//! The special functions under the intervals and tests, in `f64`, exact to some twelve digits
//! also at shapes of ten million.

mod beta;
mod gamma;
mod normal;
mod student;

pub use beta::{beta_cdf, beta_quantile, beta_upper_quantile, binomial_cdf, ln_beta_cdf, ln_beta_sf};
pub use gamma::{ln_binomial, ln_gamma};
pub use normal::{normal_cdf, normal_quantile};
pub use student::{t_cdf, t_quantile};
