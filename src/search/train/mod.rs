//! A search that starts the trainings itself: several at a time, each a process.

mod command;
mod outcome;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

pub use self::command::end_all;
use self::outcome::values;
use super::study::now;
use super::{Answer, Lease, SearchError, Study};

/// How long is waited where there is nothing to train.
const PAUSE: Duration = Duration::from_millis(100);

/// After so many failures in a row the command is at fault.
const MOST_FAILURES: usize = 10;

/// How much of the end of the output of a failure is kept, in characters.
const KEPT: usize = 1000;

/// How networks are trained.
#[derive(Debug, Clone)]
pub struct Training {
    /// The shell command, with `{net}`, `{id}` and `{attempt}` in it.
    pub command: String,
    /// How many are trained at a time.
    pub jobs: usize,
    /// How long one may take.
    pub timeout: Option<Duration>,
}

/// What happens on the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Progressed {
    /// A training begins.
    Begun(Lease),
    /// One is done.
    Done(Lease, BTreeMap<String, f64>),
    /// One has failed, and why.
    Failed(Lease, String),
}

/// What all workers share.
struct Shared<'a> {
    study: &'a Study,
    training: &'a Training,
    objectives: Vec<String>,
    /// One worker at a time looks for networks: the others would fit the same model.
    asking: Mutex<()>,
    is_over: AtomicBool,
    /// Failures in a row.
    failures: AtomicUsize,
}

impl Training {
    /// Trains networks of a study until it is over.
    ///
    /// # Returns
    ///
    /// Why it is over.
    ///
    /// # Errors
    ///
    /// [`SearchError`] if the study cannot be read or written or a model cannot be fitted; [`SearchError::Training`] if no training can
    /// be started, or ten in a row failed.
    pub fn run(
        &self,
        study: &Study,
        each: &mut dyn FnMut(Progressed),
    ) -> Result<String, SearchError> {
        let failed = |error: io::Error| SearchError::Training { reason: error.to_string() };
        fs::create_dir_all(logs(study)).map_err(failed)?;
        let objectives = study.settings().objectives.iter().map(|goal| goal.name.clone());
        let shared = Shared {
            study,
            training: self,
            objectives: objectives.collect(),
            asking: Mutex::new(()),
            is_over: AtomicBool::new(false),
            failures: AtomicUsize::new(0),
        };
        thread::scope(|scope| {
            let (send, receive) = channel();
            let mut workers = Vec::new();
            for _ in 0..self.jobs.max(1) {
                let (send, shared) = (send.clone(), &shared);
                let worker = thread::Builder::new().spawn_scoped(scope, move || {
                    let result = shared.work(&send);
                    // The others finish what they have begun.
                    shared.is_over.store(true, Ordering::Relaxed);
                    result
                });
                match worker {
                    Ok(worker) => workers.push(worker),
                    Err(error) if workers.is_empty() => return Err(failed(error)),
                    Err(_) => break, // The system gives no more threads: those that there are do it.
                }
            }
            drop(send);
            receive.into_iter().for_each(each);
            let mut reason = None;
            for worker in workers {
                let gone = |_| SearchError::Training { reason: "a worker has ended".to_owned() };
                reason = reason.or(worker.join().map_err(gone)??);
            }
            Ok(reason.unwrap_or_default())
        })
    }
}

/// The folder with the output of trainings.
fn logs(study: &Study) -> std::path::PathBuf {
    study.folder().join("logs")
}

impl Shared<'_> {
    /// Trains networks, one after the other; says why there are no more if this worker found out.
    fn work(&self, send: &Sender<Progressed>) -> Result<Option<String>, SearchError> {
        while !self.is_over.load(Ordering::Relaxed) {
            let answer = {
                let _one = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
                self.study.ask(1)?
            };
            match answer {
                Answer::Finished(reason) => return Ok(Some(reason)),
                Answer::Wait(_) => thread::sleep(PAUSE),
                Answer::Networks(leases) => {
                    for lease in leases {
                        self.train(lease, send)?;
                    }
                }
            }
        }
        Ok(None)
    }

    fn train(&self, lease: Lease, send: &Sender<Progressed>) -> Result<(), SearchError> {
        // If nobody listens any more, the result is written down all the same.
        let _ = send.send(Progressed::Begun(lease.clone()));
        let id = lease.network.to_string();
        let told = match self.outcome(&lease)? {
            Ok(values) => {
                self.study.tell(&id, &values)?;
                self.failures.store(0, Ordering::Relaxed);
                Progressed::Done(lease, values)
            }
            Err(reason) => {
                self.study.fail(&id, &reason)?;
                let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
                if failures >= MOST_FAILURES {
                    let reason =
                        format!("{failures} trainings in a row failed, the last one: {reason}");
                    return Err(SearchError::Training { reason });
                }
                Progressed::Failed(lease, reason)
            }
        };
        let _ = send.send(told);
        Ok(())
    }

    /// The values that a training gives, or why it failed.
    fn outcome(&self, lease: &Lease) -> Result<Result<BTreeMap<String, f64>, String>, SearchError> {
        let (id, attempt) = (lease.network.to_string(), lease.attempt.to_string());
        let command = self.training.command.replace("{net}", &quoted(&lease.net));
        let command = command.replace("{id}", &id).replace("{attempt}", &attempt);
        let variables = [("GRAF_NET", &*lease.net), ("GRAF_ID", &*id), ("GRAF_ATTEMPT", &*attempt)];
        let log = logs(self.study).join(format!("{id}.{attempt}.log"));
        let mut until = lease.until;
        let half = self.study.settings().lease.saturating_mul(500);
        let mut prolong = || {
            // As long as it runs it stays ours.
            if now() > until.saturating_sub(half) {
                until = self.study.touch(&id).unwrap_or(u64::MAX);
            }
        };
        let ended = command::run(&command, &variables, &log, self.training.timeout, &mut prolong);
        let ended = ended.map_err(|error| SearchError::Training {
            reason: format!("sh cannot be started: {error}"),
        })?;
        Ok(match ended.status {
            None => Err(with_tail("it took too long and was ended", &log)),
            Some(status) if status.success() => {
                values(&ended.output, &self.objectives).map_err(|reason| with_tail(&reason, &log))
            }
            Some(status) => Err(with_tail(&format!("it ended with {status}"), &log)),
        })
    }
}

/// A reason, and the end of what the training wrote.
fn with_tail(reason: &str, log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_end();
    if text.is_empty() {
        return reason.to_owned();
    }
    let letters = text.chars().count();
    let tail: String = text.chars().skip(letters.saturating_sub(KEPT)).collect();
    format!("{reason}; the end of its output:\n{tail}")
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
