//! Figures: the same drawing for the same numbers, and a drawing whatever the numbers and labels are.

use graf::metrics::Direction;
use graf::report::svg::{
    Bar, Bars, Beeswarm, Calibration, Coverage, CriticalDifference, Curve, Data, Embedding, Figure,
    HeatMap, LearningCurves, ObjectiveAxis, ParetoFigure, Point, PredictedPoint, PredictedTrue,
    Swarm, csv, svg,
};
use insta::assert_snapshot;
use roxmltree::Document;

/// Every figure of some numbers and a label.
fn figures(numbers: &[f64], label: &str) -> Vec<Box<dyn Figure>> {
    let text = || label.to_owned();
    let at = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    let point = |(size, &mean): (usize, &f64)| Point { size, mean, std: at(size + 1), runs: 3 };
    let curve = || Curve { label: text(), points: numbers.iter().enumerate().map(point).collect() };
    let side = |direction| ObjectiveAxis { target: text(), direction, values: numbers.to_vec() };
    let prediction = |(place, &truth): (usize, &f64)| PredictedPoint {
        truth,
        predicted: at(place + 1),
        interval: (place % 2 == 0).then_some([at(place + 2), truth]),
    };
    let points = (0..numbers.len()).map(|place| (at(place), place, numbers.len())).collect();
    let swarm = || Swarm { label: text(), values: numbers.to_vec(), levels: numbers.to_vec() };
    vec![
        Box::new(LearningCurves { target: text(), metric: text(), curves: vec![curve(), curve()] }),
        Box::new(PredictedTrue {
            target: text(),
            interval: text(),
            predictions: numbers.iter().enumerate().map(prediction).collect(),
        }),
        Box::new(Calibration {
            target: text(),
            coverages: vec![Coverage { label: text(), points }],
        }),
        Box::new(Bars {
            title: text(),
            axis: text(),
            note: text(),
            bars: numbers.iter().map(|&value| Bar { label: text(), value }).collect(),
            most: 3,
        }),
        Box::new(Beeswarm { title: text(), axis: text(), rows: vec![swarm(), swarm()], most: 5 }),
        Box::new(HeatMap {
            title: text(),
            note: text(),
            row_title: text(),
            rows: vec![text(), text()],
            columns: numbers.iter().map(|_| text()).collect(),
            values: vec![numbers.iter().copied().map(Some).collect(), vec![None]],
        }),
        Box::new(ParetoFigure { x: side(Direction::Maximize), y: side(Direction::Minimize) }),
        Box::new(CriticalDifference {
            measured: text(),
            higher_is_better: true,
            entries: vec![
                (text(), numbers.to_vec()),
                (text(), numbers.iter().rev().copied().collect()),
            ],
        }),
    ]
}

/// The numbers that drawings have in attributes of places.
fn assert_drawn(text: &str) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    for node in document.descendants() {
        for attribute in node.attributes() {
            let value = attribute.value();
            assert!(!value.contains("NaN") && !value.contains("inf"), "{value}");
            let is_place =
                ["x", "y", "cx", "cy", "width", "height", "r"].contains(&attribute.name());
            assert!(!is_place || value.parse::<f64>().is_ok_and(f64::is_finite), "{value}");
        }
    }
    assert!(text.len() < 5_000_000, "{}", text.len());
}

#[test]
fn any_numbers_and_labels_can_be_drawn() {
    let extremes = [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::MAX,
        f64::MIN,
        f64::MIN_POSITIVE,
        5e-324,
        -0.0,
        0.0,
        1.0,
    ];
    let many: Vec<f64> = (0..5_000).map(|number| f64::from(number % 71)).collect();
    let mut sets: Vec<Vec<f64>> = vec![Vec::new(), extremes.to_vec(), vec![f64::NAN; 3], many];
    sets.extend(extremes.iter().map(|&number| vec![number]));
    sets.extend(extremes.iter().map(|&number| vec![number, number, 0.5]));
    let long = "wide <&> ".repeat(2_000);
    let labels = ["", "x", "<script>&\"'\0\u{1b}\u{202e}\u{ffff}]]>", long.as_str(), "中文 — é"];
    for (place, numbers) in sets.iter().enumerate() {
        for figure in figures(numbers, labels[place % labels.len()]) {
            for place in [Embedding::Alone, Embedding::Page] {
                let text = svg(figure.as_ref(), "a-figure", place);
                assert_drawn(&text);
                assert!(!text.contains("<script") && !text.contains('\u{202e}'));
            }
            let Data { header, rows } = figure.data();
            assert!(rows.iter().all(|row| row.len() == header.len()));
            let written = csv(figure.as_ref());
            let mut reader = ::csv::Reader::from_reader(written.as_bytes());
            assert_eq!(reader.headers().unwrap().len(), header.len());
        }
    }
}

#[test]
fn what_is_clipped_is_said() {
    let many: Vec<f64> = (0..5_000).map(f64::from).collect();
    for figure in figures(&many, "x") {
        let (note, rows) = (figure.note(), figure.data().rows.len());
        let drawn = svg(figure.as_ref(), "f", Embedding::Page).matches("<circle").count();
        if drawn > 0 {
            assert!(note.contains("Drawn are") && drawn < rows, "{note}: {drawn} of {rows}");
        }
    }
}

#[test]
fn drawings_of_a_few_numbers() {
    let point = |size, mean, std| Point { size, mean, std, runs: 3 };
    let curves = LearningCurves {
        target: "accuracy".to_owned(),
        metric: "kendall_tau".to_owned(),
        curves: vec![
            Curve {
                label: "graf+".to_owned(),
                points: vec![point(0, 0.2, f64::NAN), point(16, 0.5, 0.1), point(128, 0.75, 0.05)],
            },
            Curve {
                label: "one-hot & <more>".to_owned(),
                points: vec![point(16, 0.25, 0.125), point(128, 0.5, 0.125)],
            },
        ],
    };
    assert_snapshot!("learning_curves", svg(&curves, "curves", Embedding::Page));
    assert_snapshot!("learning_curves_data", csv(&curves));
    let heat = HeatMap {
        title: "Agreement".to_owned(),
        note: "Blue above zero.".to_owned(),
        row_title: "column".to_owned(),
        rows: vec!["nwot".to_owned(), "jacov".to_owned()],
        columns: vec!["tau".to_owned(), "rho".to_owned()],
        values: vec![vec![Some(0.5), Some(-1.0)], vec![None, Some(f64::NAN)]],
    };
    assert_snapshot!("heat_map", svg(&heat, "heat", Embedding::Page));
    let bars = Bars {
        title: "Why".to_owned(),
        axis: "contribution".to_owned(),
        note: String::new(),
        bars: [("a", 0.5), ("b", -0.25), ("c", 0.125), ("d", 0.0625)]
            .map(|(label, value)| Bar { label: label.to_owned(), value })
            .into(),
        most: 2,
    };
    assert_snapshot!("bars", svg(&bars, "bars", Embedding::Page));
    let front = ParetoFigure {
        x: ObjectiveAxis {
            target: "latency".to_owned(),
            direction: Direction::Minimize,
            values: vec![1.0, 2.0, 3.0, 2.5],
        },
        y: ObjectiveAxis {
            target: "accuracy".to_owned(),
            direction: Direction::Maximize,
            values: vec![0.5, 0.75, 1.0, 0.25],
        },
    };
    assert_snapshot!("pareto", svg(&front, "front", Embedding::Page));
    let ranks = CriticalDifference {
        measured: "kendall_tau of accuracy".to_owned(),
        higher_is_better: true,
        entries: [("a", 1.0), ("b", 0.99), ("c", 0.5)]
            .map(|(label, factor)| {
                let values = (0..10).map(|run| factor * (0.7 + 0.01 * f64::from(run * 3 % 7)));
                (label.to_owned(), values.collect())
            })
            .into(),
    };
    assert_snapshot!("mean_ranks", svg(&ranks, "ranks", Embedding::Page));
}
