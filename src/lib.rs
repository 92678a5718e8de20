//! Graph features of neural architectures, and predictors built on them.
pub mod cell;
pub mod features;
pub mod space;
pub mod table;
