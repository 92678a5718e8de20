//! The command that trains a network, as a process.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How often a process is looked after.
const TURN: Duration = Duration::from_millis(20);

/// How long the output of a process that has ended is waited for: what it started may hold it open for ever.
const PATIENCE: Duration = Duration::from_secs(2);

/// How much of the end of an output is kept, in bytes.
const TAIL: usize = 64 << 10;

/// The process groups that there are, for [`end_all`].
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<u32>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all trainings with what they have started: for a process that is about to end.
pub fn end_all() {
    for group in running().iter() {
        end(*group);
    }
}

/// Ends a process group.
fn end(group: u32) {
    let kill = format!("kill -KILL -{group}");
    let mut shell = Command::new("sh");
    let silent = shell.args(["-c", &kill]).stdin(Stdio::null()).stderr(Stdio::null());
    // It may just have ended by itself.
    let _ = silent.status();
}

/// How a process ended, and the end of its output.
#[derive(Debug)]
pub struct Ended {
    /// Its exit status; none if it took too long and was ended.
    pub status: Option<ExitStatus>,
    /// The end of its standard output.
    pub output: String,
}

/// Runs a shell command, whose output also goes to a file. `each` is called now and then.
///
/// # Errors
///
/// If it cannot be started, or the file cannot be written.
pub fn run(
    command: &str,
    variables: &[(&str, &str)],
    log: &Path,
    timeout: Option<Duration>,
    each: &mut dyn FnMut(),
) -> io::Result<Ended> {
    let log = File::create(log)?;
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).envs(variables.iter().copied());
    shell.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::from(log.try_clone()?));
    // A group of its own, so that what it starts can be ended with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    let mut child = shell.spawn()?;
    running().push(child.id());
    let tail = Arc::new(Mutex::new(Vec::new()));
    let read = copied(&mut child, log, Arc::clone(&tail));
    let status = watched(&mut child, timeout, each);
    running().retain(|group| *group != child.id());
    let status = status?;
    let _ = read.recv_timeout(PATIENCE);
    let tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(Ended { status, output: String::from_utf8_lossy(&tail).into_owned() })
}

/// Waits for a process; ends it after too long a time.
fn watched(
    child: &mut Child,
    timeout: Option<Duration>,
    each: &mut dyn FnMut(),
) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if timeout.is_some_and(|timeout| begun.elapsed() >= timeout) {
            end(child.id());
            let _ = child.kill();
            child.wait()?;
            return Ok(None);
        }
        each();
        thread::sleep(TURN);
    }
}

/// Copies the standard output of a process to a file and its end to memory, on a thread of its own. The receiver hears of the end.
fn copied(child: &mut Child, mut log: File, tail: Arc<Mutex<Vec<u8>>>) -> Receiver<()> {
    let (done, ended) = channel();
    let Some(mut output) = child.stdout.take() else { return ended };
    let copy = move || {
        let mut buffer = vec![0; 8 << 10];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            // A full disk must not stop the training.
            let _ = log.write_all(&buffer[..count]);
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            tail.extend(&buffer[..count]);
            let surplus = tail.len().saturating_sub(TAIL);
            tail.drain(..surplus);
        }
        let _ = done.send(());
    };
    // Without a thread nothing is read, and the training counts as failed.
    let _ = thread::Builder::new().spawn(copy);
    ended
}
