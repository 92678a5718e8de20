//! Predicts how well a neural network will do from the shape of its graph alone, without training it.
//!
//! `graf` reads architectures of neural architecture search, turns each into a small directed acyclic graph, computes
//! neural graph features (Kadlecová et al., *Surprisingly Strong Performance Prediction with Neural Graph Features*,
//! ICML 2024, [arXiv 2404.16551](https://arxiv.org/abs/2404.16551)), and fits, evaluates and searches with predictors
//! of their performance.
//!
//! # Features of encodings
//!
//! ```
//! use graf::prelude::*;
//!
//! let space = Space::named("nasbench201")?;
//! let networks = space.parse_all(&[
//!     "|nor_conv_3x3~0|+|skip_connect~0|none~1|+|nor_conv_1x1~0|avg_pool_3x3~1|nor_conv_3x3~2|",
//!     "(4, 0, 3, 1, 4, 3)",
//! ])?;
//! let features = Features::graf_plus(space)?.compute(&networks)?;
//! assert_eq!(features.values.dim(), (2, features.names.len()));
//! assert_eq!(features.names.last().map(String::as_str), Some("analytic_params"));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Fit and predict
//!
//! ```
//! use graf::prelude::*;
//!
//! let space = Space::named("nasbench201")?;
//! // Networks with 3×3 convolutions (id 2) on some of their edges are trained; others are not.
//! let encoding = |row: u32| {
//!     let ids: Vec<_> = (0..6).map(|edge| ((row >> edge & 1) * 2).to_string()).collect();
//!     format!("({})", ids.join(", "))
//! };
//! let encodings: Vec<String> = (0..32).map(encoding).collect();
//! let networks = space.parse_all(&encodings)?;
//! let accuracy: Vec<f64> = (0..32_u32).map(|row| 60.0 + 5.0 * f64::from(row.count_ones())).collect();
//! let model = Model::builder(space)?
//!     .objective("accuracy", Direction::Maximize)
//!     .seed(1)
//!     .fit(&networks, &accuracy)?;
//! let candidates = space.parse_all(&["(2, 2, 2, 2, 2, 2)", "(0, 0, 0, 0, 0, 2)"])?;
//! let prediction = model.predict(&candidates)?;
//! assert!(prediction.mean[0] > prediction.mean[1]);
//! let std = prediction.std.expect("32 labels say how sure the model is");
//! assert!(std.iter().all(|&std| std > 0.0));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Compare
//!
//! ```
//! use graf::prelude::*;
//!
//! let space = Space::named("nasbench201")?;
//! let encodings: Vec<String> = (0..64_u32)
//!     .map(|row| format!("({}, {}, {}, 2, 0, 3)", row % 4, row / 4 % 4, row / 16 % 4))
//!     .collect();
//! let networks = space.parse_all(&encodings)?;
//! let accuracy: Vec<f64> = encodings.iter().map(|net| net.matches('2').count() as f64).collect();
//! let compared = Comparison::new(space, "accuracy", Direction::Maximize)
//!     .features("graf+", vec![Use::Plus])
//!     .features("counts", vec!["op_count".parse()?])
//!     .predictor("forest", &Parameters::new())?
//!     .train_sizes(&[16])
//!     .metrics(&["kendall_tau".parse()?])
//!     .repeats(3)
//!     .run(&networks, &accuracy)?;
//! assert_eq!(compared.len(), 2);
//! assert!(compared.iter().all(|one| one.runs == 3 && one.mean > 0.5));
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # Search
//!
//! A [`Study`](search::Study) is a folder from which any number of processes take networks to train.
//!
//! ```
//! use graf::prelude::*;
//!
//! let folder = std::env::temp_dir().join(format!("study-{}", std::process::id()));
//! let space = Space::named("transbench101-macro")?;
//! let goal = Goal { name: "acc".to_owned(), direction: Direction::Maximize };
//! let settings = StudySettings { start: 4, ..StudySettings::new(space.get(), vec![goal]) };
//! let study = Study::create(&folder, settings, None, None)?;
//! for _ in 0..2 {
//!     let Answer::Networks(leases) = study.ask(4)? else { break };
//!     for lease in leases {
//!         let acc = lease.net.len() as f64; // Train it.
//!         study.tell(&lease.net, &[("acc".to_owned(), acc)].into())?;
//!     }
//! }
//! assert_eq!(study.best()?.len(), 8);
//! std::fs::remove_dir_all(&folder)?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! [`metrics`] has the metrics alone, [`Suggestion`](library::Suggestion) chooses networks to train.
//!
//! # Rooms
//!
//! From the ground up; each imports from those below only:
//!
//! - [`table`]: bytes in, named columns out, and back.
//! - [`onnx`]: operators and numbers in, a file in the ONNX format out.
//! - [`graph`] and [`space`]: an encoding in, a petgraph DAG out, and back; which networks are the same.
//! - [`features`]: a cell in, a row of named numbers out.
//! - [`predictor`] and [`metrics`]: numbers in, numbers out; they know nothing of networks.
//! - [`explain`]: contributions that add up to a prediction, of numbers.
//! - [`selection`]: which columns say nothing new, and which are worth having.
//! - [`ranking`]: orders of networks by several numbers.
//! - [`suggest`]: which rows to learn next, of numbers and predictions.
//! - `stream`: tables read and written while their rows are worked on, many pieces of work at once.
//! - [`dataset`]: tables of networks as numbers.
//! - [`model`]: fitted predictors with what they need to be used again, in one file.
//! - [`jobs`]: what the commands do, one file a job.
//! - [`experiment`]: repeated experiments: sets of columns and predictors on the same splits.
//! - [`search`]: from a predictor to the best network with few trainings.
//! - [`library`]: networks in memory in; numbers, models, predictions, comparisons and suggestions out.
//! - [`report`]: results in; tables, figures and pages out.
//!
//! # Cargo features
//!
//! - `cli` (default): the command line and the binary `graf`. Without it the library has no clap, no tables for a terminal and no
//!   progress bars.

#[cfg(feature = "cli")]
pub mod cli;
mod control;
pub mod dataset;
pub mod experiment;
pub mod explain;
pub mod features;
pub mod graph;
pub mod jobs;
pub mod library;
pub mod metrics;
pub mod model;
pub mod onnx;
pub mod predictor;
pub mod ranking;
pub mod report;
pub mod search;
pub mod selection;
pub mod space;
mod stream;
pub mod suggest;
pub mod table;

pub use self::control::{Cancelled, Control, Progress};

/// What most programs need: `use graf::prelude::*`.
pub mod prelude {
    pub use crate::control::{Control, Progress};
    pub use crate::dataset::Use;
    pub use crate::library::{
        Compared, Comparison, Features, Matrix, ModelBuilder, Prediction, Space, Suggestion,
    };
    pub use crate::metrics::Direction;
    pub use crate::model::Model;
    pub use crate::predictor::Parameters;
    pub use crate::search::study::{Goal, Settings as StudySettings};
    pub use crate::search::{Answer, Lease, Study};
    pub use crate::space::Architecture;
}
