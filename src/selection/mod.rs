//! Which columns say nothing new ([`dependence`](mod@dependence)), and which are worth having ([`search`]).

pub mod dependence;
pub mod search;
