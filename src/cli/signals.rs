//! Signals that end the process leave no temporary file, and give the exit status that shells expect.

use std::fs;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;

use crate::{search, table};

/// Signals that end the process at once.
const ENDING: [i32; 7] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU];

/// Shells add this to the number of the signal that ended a process.
const STATUS_OF_SIGNAL: i32 = 128;

/// The signals of this process, handled.
pub(super) struct Handled {
    /// A file became longer than allowed. The write that made it so fails too, which ends the process in order.
    file_too_long: Arc<AtomicBool>,
}

impl Handled {
    /// Handles signals from now on. Where that cannot be set up, a signal leaves a temporary file behind, and
    /// nothing worse.
    pub fn begin() -> Self {
        let (send, receive) = mpsc::channel::<Signals>();
        let spawned = thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let Ok(mut signals) = receive.recv() else { return };
            if let Some(signal) = signals.forever().next() {
                search::end_all();
                table::remove_unfinished();
                process::exit(STATUS_OF_SIGNAL + signal);
            }
        });
        // Without the thread a handled signal would be lost.
        if spawned.is_ok() {
            let ignored = ignored();
            let is_heard = |signal: &&i32| ignored >> (**signal - 1) & 1 == 0;
            if let Ok(signals) = Signals::new(ENDING.iter().filter(is_heard)) {
                let _ = send.send(signals);
            }
        }
        let file_too_long = Arc::new(AtomicBool::new(false));
        let _ = flag::register(SIGXFSZ, Arc::clone(&file_too_long));
        Self { file_too_long }
    }

    /// The exit status of a process that fails.
    pub fn exit_code(&self, failure: u8) -> u8 {
        let of_signal = || u8::try_from(STATUS_OF_SIGNAL + SIGXFSZ).ok();
        let is_too_long = self.file_too_long.load(Ordering::Relaxed);
        is_too_long.then(of_signal).flatten().unwrap_or(failure)
    }
}

/// The signals that the parent wants ignored, as `nohup` does, a bit each; none where the system does not say.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
