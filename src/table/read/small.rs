//! Small files that are read whole, such as configurations.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// The text of a file of at most `limit` MiB.
///
/// # Arguments
///
/// * `what` - what the file is, for messages: "description of a space"
///
/// # Errors
///
/// Why it cannot be read: it is no ordinary file (a FIFO would be waited for, a device may never end), is too
/// long, or is not UTF-8.
pub fn read_text(path: &Path, limit: u64, what: &str) -> Result<String, String> {
    let is_file = fs::metadata(path).map_err(|error| error.to_string())?.is_file();
    if !is_file {
        return Err(format!("a {what} must be an ordinary file; copy it to one"));
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    let most = limit << 20;
    file.take(most + 1).read_to_string(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 > most {
        return Err(format!("it has more than {limit} MiB, which no {what} needs"));
    }
    Ok(text)
}
