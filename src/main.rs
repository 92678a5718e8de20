//! The command line of `graf`.
fn main() {}
