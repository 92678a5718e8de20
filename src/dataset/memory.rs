//! How much memory is free, and whether a job fits into it.

use std::fs;
use std::path::Path;

use super::training::TrainingError;
use crate::predictor::{COPY, Footprint};

/// What a row takes beside its numbers: which network it is.
const ROW: f64 = 250.0;

/// The memory that is free when a job starts, in bytes; none if it is not known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room(Option<f64>);

impl Room {
    /// On Linux the least of what the system and the control group of the process have left, and of what
    /// `ulimit -v` allows. Elsewhere it is not known.
    pub fn now() -> Self {
        let text = |path: &str| fs::read_to_string(path).ok();
        let system = text("/proc/meminfo").and_then(|text| kilobytes(&text, "MemAvailable:"));
        let group = text("/proc/self/cgroup").and_then(|groups| left_in_groups(&groups));
        let limit = text("/proc/self/limits").and_then(|limits| address_space(&limits));
        let used = text("/proc/self/status").and_then(|status| kilobytes(&status, "VmSize:"));
        let allowed = limit.zip(used).map(|(limit, used)| limit - used);
        Room([system, group, allowed].into_iter().flatten().reduce(f64::min))
    }

    /// Refuses records that would not fit, with what is done with them.
    ///
    /// # Errors
    ///
    /// [`TrainingError::Memory`].
    pub fn check(
        self,
        rows: usize,
        columns: usize,
        footprint: Footprint,
    ) -> Result<(), TrainingError> {
        let Some(free) = self.0 else { return Ok(()) };
        let records = Footprint { number: COPY, row: ROW, pair: 0.0 };
        let needed = (records + footprint).bytes(rows, columns);
        if needed > free {
            return Err(TrainingError::Memory { rows, columns, needed, free });
        }
        Ok(())
    }
}

/// Whether records of so many rows and columns, and what is done with them, fit into what is free now.
///
/// # Errors
///
/// [`TrainingError::Memory`] if not.
pub fn check_memory(
    rows: usize,
    columns: usize,
    footprint: Footprint,
) -> Result<(), TrainingError> {
    Room::now().check(rows, columns, footprint)
}

/// An entry such as `MemAvailable:  123 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(number * 1024.0)
}

/// The limit of the address space, if there is one, in bytes.
fn address_space(limits: &str) -> Option<f64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// What the control groups of a process leave it: of `/proc/self/cgroup`.
fn left_in_groups(groups: &str) -> Option<f64> {
    let of_line = |line: &str| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (kind, path) = (parts.next()?, parts.next()?);
        let (root, names) = match kind {
            "" => ("/sys/fs/cgroup", ["memory.max", "memory.current", "inactive_file"]),
            kind if kind.split(',').any(|one| one == "memory") => (
                "/sys/fs/cgroup/memory",
                ["memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"],
            ),
            _ => return None,
        };
        // A container sees its own group as the root, by whatever path.
        let own = Path::new(path.trim_start_matches('/'));
        let folders = own.ancestors().map(|folder| Path::new(root).join(folder));
        folders.filter_map(|folder| left_in_group(&folder, names)).reduce(f64::min)
    };
    groups.lines().filter_map(of_line).reduce(f64::min)
}

/// What one control group leaves, if it has a limit. Pages of files can be given up.
fn left_in_group(folder: &Path, [limit, used, files]: [&str; 3]) -> Option<f64> {
    let number = |name: &str| -> Option<f64> {
        fs::read_to_string(folder.join(name)).ok()?.trim().parse().ok()
    };
    let stat = fs::read_to_string(folder.join("memory.stat")).unwrap_or_default();
    let files = stat.lines().find_map(|line| line.strip_prefix(files)?.trim().parse().ok());
    Some(number(limit)? - number(used)? + files.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_the_numbers() {
        let footprint = Footprint::numbers(10.0 * COPY);
        let room = Room(Some(f64::from(1 << 30)));
        assert!(room.check(10_000, 1_000, footprint).is_ok());
        let error = room.check(100_000, 1_000, footprint).unwrap_err().to_string();
        for part in ["100000 rows of 1000 columns", "8.2 GiB", "1.0 GiB"] {
            assert!(error.contains(part), "{error}");
        }
        assert!(Room(None).check(usize::MAX, usize::MAX, footprint).is_ok());
    }

    #[test]
    fn files_of_the_system_are_read() {
        let text = "MemTotal:       16384 kB\nMemAvailable:    8192 kB\n";
        assert_eq!(kilobytes(text, "MemAvailable:"), Some(8.0 * 1024.0 * 1024.0));
        assert_eq!(kilobytes("MemAvailable: many", "MemAvailable:"), None);
        let limits =
            "Limit  Soft Limit  Hard Limit  Units\nMax address space  1048576  unlimited  bytes\n";
        assert_eq!(address_space(limits), Some(1_048_576.0));
        assert_eq!(address_space("Max address space  unlimited  unlimited  bytes"), None);
    }

    #[test]
    fn a_group_leaves_what_is_not_used_and_files() {
        const NAMES: [&str; 3] = ["memory.max", "memory.current", "inactive_file"];
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        assert_eq!(left_in_group(folder.path(), NAMES), None);
        put("memory.max", "1000\n");
        put("memory.current", "300\n");
        put("memory.stat", "anon 200\ninactive_file 50\n");
        assert_eq!(left_in_group(folder.path(), NAMES), Some(750.0));
        put("memory.max", "max\n");
        assert_eq!(left_in_group(folder.path(), NAMES), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn free_memory_is_known_on_linux() {
        assert!(Room::now().0.is_some_and(|free| free > 1e6));
    }
}
