//! Long work ends when its caller cancels it, and reports how far it is.

use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use graf::predictor::transfer::prior::FromPrior;
use graf::predictor::{FitError, Learner, PREDICTORS};
use graf::prelude::*;
use graf::suggest::by_name;
use ndarray::{Array2, Axis};

/// Threads of the pool that a test works on.
const THREADS: usize = 2;

fn pool() -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(THREADS).build().unwrap()
}

fn learners() -> impl Iterator<Item = Box<dyn Learner>> {
    let plain = || PREDICTORS.iter().map(|kind| kind.learner(&Parameters::new()).unwrap());
    plain().chain(plain().map(|learner| Box::new(FromPrior(learner)) as Box<dyn Learner>))
}

/// Records and a target that is a sum of some columns.
fn rows(count: usize, columns: usize) -> (Array2<f64>, Array2<f64>) {
    let value = |(row, column): (usize, usize)| ((row * (2 * column + 3) + column) % 101) as f64;
    let records = Array2::from_shape_fn((count, columns), value);
    let target = &records.column(0) + &records.column(1).mapv(|value| value * value / 50.0);
    (records, target.insert_axis(Axis(1)))
}

/// A control that is cancelled when so many steps are done, and the reports that it makes.
fn cancelled_at(step: usize) -> (Control, Receiver<Progress>) {
    let (send, reports) = channel();
    let control = Control::default();
    let other = control.clone();
    let control = control.on_progress(move |progress| {
        if progress.done >= step {
            other.cancel();
        }
        send.send(progress).unwrap();
    });
    (control, reports)
}

/// 64 networks with a made-up accuracy.
fn networks() -> (Space, Vec<graf::space::Architecture>, Vec<f64>) {
    let space = Space::named("nasbench201").unwrap();
    let encodings: Vec<String> = (0..64)
        .map(|row| format!("({}, {}, {}, 2, 0, 3)", row % 4, row / 4 % 4, row / 16))
        .collect();
    let accuracy = encodings.iter().map(|net| net.matches('2').count() as f64).collect();
    (space, space.parse_all(&encodings).unwrap(), accuracy)
}

#[test]
fn a_cancelled_fit_ends_after_the_steps_that_are_begun() {
    let (records, targets) = rows(60, 5);
    let targets = ndarray::concatenate![Axis(1), targets, targets.mapv(f64::sqrt), targets];
    for learner in learners() {
        let (control, reports) = cancelled_at(1);
        let fit = || learner.fit_under(records.view(), targets.view(), 1, &control);
        let ended = pool().install(fit);
        assert!(matches!(ended, Err(FitError::Cancelled(_))), "{learner:?}");
        let reports: Vec<Progress> = reports.try_iter().collect();
        // Those that were begun on any thread.
        assert!((1..=THREADS).contains(&reports.len()), "{learner:?}: {reports:?}");
        assert!(reports[0].total > THREADS, "{learner:?}: {reports:?}");
        // Later fits with the same control do nothing.
        let again = learner.fit_under(records.view(), targets.view(), 1, &control);
        assert!(matches!(again, Err(FitError::Cancelled(_))), "{learner:?}");
    }
}

#[test]
fn a_fit_that_is_watched_is_the_same_and_reports_all_steps() {
    let (records, targets) = rows(40, 4);
    for learner in learners() {
        let (control, reports) = cancelled_at(usize::MAX);
        let watched = learner.fit_under(records.view(), targets.view(), 1, &control).unwrap();
        let alone = learner.fit(records.view(), targets.view(), 1).unwrap();
        let [mut bytes, mut expected] = [Vec::new(), Vec::new()];
        watched.write(&mut bytes);
        alone.write(&mut expected);
        assert_eq!(bytes, expected, "{learner:?}");
        let reports: Vec<Progress> = reports.try_iter().collect();
        let last = reports.last().unwrap_or_else(|| panic!("{learner:?} reports nothing"));
        assert_eq!(last.done, last.total, "{learner:?}");
        assert!(reports.is_sorted_by(|one, next| one.done < next.done), "{learner:?}");
    }
}

#[test]
fn a_blend_ends_soon_after_it_is_cancelled() {
    let (records, targets) = rows(500, 40);
    let learner = graf::predictor::by_name("auto").unwrap().learner(&Parameters::new()).unwrap();
    let begun = Instant::now();
    learner.fit(records.view(), targets.view(), 1).unwrap();
    let whole = begun.elapsed();
    for part in [5, 2] {
        let control = Control::default();
        let ended = thread::scope(|scope| {
            let fit = || {
                let ended = learner.fit_under(records.view(), targets.view(), 1, &control);
                assert!(matches!(ended, Err(FitError::Cancelled(_))), "1/{part} of {whole:?}");
                Instant::now()
            };
            let fitting = scope.spawn(fit);
            thread::sleep(whole / part);
            let cancelled = Instant::now();
            control.cancel();
            fitting.join().unwrap().duration_since(cancelled)
        });
        // Of hundreds of steps one is not done yet; other work of the machine slows down both.
        assert!(ended < whole / 5 + Duration::from_millis(200), "{ended:?} of {whole:?}");
    }
}

#[test]
fn models_are_fitted_and_asked_under_a_control() {
    let (space, networks, accuracy) = networks();
    let forest = || Model::builder(space).unwrap().predictor("forest", &Parameters::new()).unwrap();
    let (control, reports) = cancelled_at(3);
    let ended = pool().install(|| forest().control(&control).fit(&networks, &accuracy));
    assert!(ended.unwrap_err().is_cancelled());
    assert!(reports.try_iter().count() < 3 + THREADS);

    let model = forest().fit(&networks, &accuracy).unwrap();
    let many: Vec<_> = networks.iter().cycle().take(20_000).cloned().collect();
    let (control, reports) = cancelled_at(1);
    let ended = model.predict_under(&many, "target", &control).unwrap_err();
    assert!(ended.is_cancelled());
    let reports: Vec<_> =
        reports.try_iter().map(|progress| (progress.done, progress.total)).collect();
    assert_eq!(reports, [(8192, 20_000)]);
    let watched = model.predict_under(&many, "target", &Control::default()).unwrap();
    assert_eq!(watched, model.predict(&many).unwrap());

    let (control, _reports) = cancelled_at(1);
    let features = Features::graf_plus(space).unwrap();
    let ended = features.compute_under(&many, &control).unwrap_err();
    assert_eq!(ended, graf::features::FeatureError::Cancelled(graf::Cancelled));
}

#[test]
fn an_experiment_ends_between_its_runs() {
    let (space, networks, accuracy) = networks();
    let experiment = || {
        let experiment = Comparison::new(space, "accuracy", Direction::Maximize);
        experiment
            .predictor("ridge", &Parameters::new())
            .unwrap()
            .train_sizes(&[10, 20])
            .repeats(10)
    };
    let (control, reports) = cancelled_at(4);
    let ended = pool().install(|| experiment().control(&control).run(&networks, &accuracy));
    assert!(ended.unwrap_err().is_cancelled());
    let reports: Vec<Progress> = reports.try_iter().collect();
    assert_eq!(reports.len(), 4);
    assert_eq!(reports[3].total, 20);
    let (control, _reports) = cancelled_at(usize::MAX);
    assert_eq!(
        experiment().control(&control).run(&networks, &accuracy).unwrap(),
        experiment().run(&networks, &accuracy).unwrap()
    );
}

#[test]
fn suggestions_end_between_their_choices() {
    let (space, networks, accuracy) = networks();
    let model = Model::builder(space).unwrap().fit(&networks[..20], &accuracy[..20]).unwrap();
    for strategy in ["diverse", "uncertain", "improvement", "thompson"] {
        let suggestion = || {
            let suggestion = Suggestion::new(space).strategy(by_name(strategy).unwrap());
            suggestion.model(&model)
        };
        let (control, reports) = cancelled_at(2);
        let ended = suggestion().control(&control).choose(&networks, 8).unwrap_err();
        assert!(ended.is_cancelled(), "{strategy}: {ended}");
        let reports: Vec<_> =
            reports.try_iter().map(|progress| (progress.done, progress.total)).collect();
        assert_eq!(reports, [(1, 8), (2, 8)], "{strategy}");
        assert_eq!(suggestion().choose(&networks, 8).unwrap().len(), 8);
    }
}
