//! Examples of the language reference, wrong inputs, and properties.

use super::call::is_reserved;
use super::check::{check, check_number, check_test};
use super::checked::Checked;
use super::error::{ExprError, ExprErrorKind};
use super::formula::Variate;
use super::metric::{
    Function, MetricKind, Relation, Tolerance, Written, parse_condition, parse_metric,
    parse_precision,
};
use super::scope::{Expectation, NoTables, Scope, Symbol, Tables};
use crate::dist::{Dist, Draw};
use crate::units::{Dimension, Quantity};
use proptest::prelude::*;

struct Files;

impl Tables for Files {
    fn empirical(&self, name: &str) -> Result<Vec<f64>, String> {
        match name {
            "file.csv" => Ok(vec![1.0, 2.0, 3.0]),
            other => Err(format!("no file `{other}`")),
        }
    }

    fn text(&self, _: &str) -> Result<String, String> {
        Err("there is none".into())
    }
}

/// viewers = 0, `calls_per_viewer` = 1, price = 2; fans = let 0, payload = let 1.
fn scope() -> Scope {
    let mut scope = Scope::default();
    scope.insert("viewers", Symbol::Input(0), Dimension::COUNT);
    scope.insert("calls_per_viewer", Symbol::Input(1), Dimension::RATE);
    scope.insert("pause", Symbol::Input(2), Dimension::TIME);
    scope.insert("fans", Symbol::Let(0), Dimension::COUNT);
    scope.insert("payload", Symbol::Let(1), Dimension::BYTES);
    scope
}

const INPUTS: [f64; 3] = [50_000.0, 10.0 / 60.0, 2.0];
const ANY: Expectation = Expectation { lets_allowed: true, ..Expectation::INPUT };

fn checked(text: &str, expectation: Expectation) -> Checked {
    check(text, &scope(), &Files, expectation).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

fn bound(text: &str, expectation: Expectation) -> Variate {
    checked(text, expectation).formula.bind(&INPUTS).unwrap_or_else(|e| panic!("{text}: {e:?}"))
}

fn errors(text: &str, expectation: Expectation) -> Vec<ExprError> {
    check(text, &scope(), &Files, expectation).expect_err(text)
}

/// Values by hand, in base units.
#[test]
fn quantities_have_the_value_and_dimension_they_say() {
    let cases = [
        ("1_000", 1000.0, Dimension::COUNT),
        ("0.5", 0.5, Dimension::COUNT),
        ("1e6", 1e6, Dimension::COUNT),
        ("50ms", 0.05, Dimension::TIME),
        ("10/min", 10.0 / 60.0, Dimension::RATE),
        ("32 GiB", 34_359_738_368.0, Dimension::BYTES),
        ("8%", 0.08, Dimension::COUNT),
        ("30 days", 2_592_000.0, Dimension::TIME),
        ("8_333/s", 8333.0, Dimension::RATE),
        ("0.024 $ / (GB*month)", 0.024 / (1e9 * 2_629_800.0), Dimension::STORAGE_PRICE),
        ("$0.024 / GB", 0.024 / 1e9, Dimension::BYTE_PRICE),
        ("4_000/day/day", 4000.0 / 86_400.0 / 86_400.0, Dimension::RATE_CHANGE),
        ("100 Mbps", 12_500_000.0, Dimension::BANDWIDTH),
        ("500us", 0.0005, Dimension::TIME),
        ("viewers * calls_per_viewer", 50_000.0 * (10.0 / 60.0), Dimension::RATE),
        ("viewers/ s", 50_000.0, Dimension::RATE),
        ("viewers / 10", 5000.0, Dimension::COUNT),
        ("2 - -3 * (4 + 1)", 17.0, Dimension::COUNT),
        ("10 - 2 - 3", 5.0, Dimension::COUNT),
        ("min(3s, pause, 1min) + max(1ms)", 2.001, Dimension::TIME),
        ("ceil(2.1) + floor(2.9) + round(2.5)", 8.0, Dimension::COUNT),
        ("sqrt(9) + pow(2, 10) + ln(1)", 1027.0, Dimension::COUNT),
        ("2 * exp(0)", 2.0, Dimension::COUNT),
        ("1 GB / 125 MB/s", 8.0 / 1.0, Dimension::RATE),
        ("10 / min(5, 2)", 5.0, Dimension::COUNT),
    ];
    for (text, value, dimension) in cases {
        let expectation = Expectation { dimension: Some(dimension), ..ANY };
        let found = bound(text, expectation).evaluate_fixed().unwrap();
        assert!((found - value).abs() <= 1e-12 * value.abs(), "{text}: {found} is not {value}");
    }
}

/// Every distribution of the language and each parametrization, against the law built by hand.
#[test]
fn distribution_calls_build_their_laws() {
    let law = |law: Result<Dist, _>| law.unwrap();
    let cases = [
        ("exp(50ms)", law(Dist::exponential(0.05))),
        ("exp(mean=50ms)", law(Dist::exponential(0.05))),
        ("constant(5ms)", law(Dist::constant(0.005))),
        ("uniform(1s, 3s)", law(Dist::uniform(1.0, 3.0))),
        ("triangular(1s, 2s, 4s)", law(Dist::triangular(1.0, 2.0, 4.0))),
        ("normal(10s, 2s)", law(Dist::normal(10.0, 2.0, true))),
        ("lognormal(mean=100ms, cv=0.44)", law(Dist::lognormal_mean_cv(0.1, 0.44))),
        ("lognormal(cv=0.44, mean=100ms)", law(Dist::lognormal_mean_cv(0.1, 0.44))),
        (
            "lognormal(p50=5ms, p99=50ms)",
            law(Dist::lognormal_quantiles((0.5, 0.005), (0.99, 0.05))),
        ),
        ("gamma(mean=5s, cv=2)", law(Dist::gamma_mean_cv(5.0, 2.0))),
        ("gamma(p50=5s, p99=50s)", law(Dist::gamma_quantiles((0.5, 5.0), (0.99, 50.0)))),
        ("weibull(mean=5s, cv=2)", law(Dist::weibull_mean_cv(5.0, 2.0))),
        ("weibull(p50=5s, p99=50s)", law(Dist::weibull_quantiles((0.5, 5.0), (0.99, 50.0)))),
        ("erlang(4, 2s)", law(Dist::erlang(4, 2.0))),
        ("hyperexp(2s, 3)", law(Dist::hyperexp_mean_cv(2.0, 3.0))),
        ("hyperexp(1s: 0.9, 11s: 0.1)", law(Dist::hyperexp_phases(&[(1.0, 0.9), (11.0, 0.1)]))),
        ("pareto(1s, 2.5)", law(Dist::pareto(1.0, 2.5, None))),
        ("pareto(1s, 2.5, max=90s)", law(Dist::pareto(1.0, 2.5, Some(90.0)))),
        ("1s * poisson(3)", law(law(Dist::poisson(3.0)).scaled(1.0))),
        ("between(1s, 3s)", law(Dist::between(1.0, 3.0))),
        ("choice(1s: 0.9, 2s: 0.1)", law(Dist::choice(&[(1.0, 0.9), (2.0, 0.1)]))),
        (
            "mixture(exp(5s): 0.9, exp(50s): 0.1)",
            law(Dist::mixture(vec![
                (Dist::exponential(5.0).unwrap(), 0.9),
                (Dist::exponential(50.0).unwrap(), 0.1),
            ])),
        ),
        ("empirical(\"file.csv\")", law(Dist::empirical(vec![1.0, 2.0, 3.0]))),
        ("2s + exp(3s)", law(law(Dist::exponential(3.0)).shifted(2.0))),
        ("2 * exp(3s)", law(law(Dist::exponential(3.0)).scaled(2.0))),
        ("exp(pause)", law(Dist::exponential(2.0))),
    ];
    for (text, wanted) in cases {
        let found = checked(text, Expectation::varying(Dimension::TIME));
        assert!(found.has_distribution, "{text}");
        assert_eq!(found.formula.bind(&INPUTS), Ok(Variate::Law(wanted)), "{text}");
    }
    let counts = [
        ("exp(5)", law(Dist::exponential(5.0))),
        ("poisson(3)", law(Dist::poisson(3.0))),
        ("geometric(3)", law(Dist::geometric(3.0))),
        ("zipf(100, 1.1)", law(Dist::zipf(100, 1.1))),
        ("choice(200: 0.9, 500: 0.1)", law(Dist::choice(&[(200.0, 0.9), (500.0, 0.1)]))),
        (
            "choice([1, 2, 4, 8])",
            law(Dist::choice(&[(1.0, 0.25), (2.0, 0.25), (4.0, 0.25), (8.0, 0.25)])),
        ),
        ("normal(10, 2)", law(Dist::normal(10.0, 2.0, false))),
    ];
    for (text, wanted) in counts {
        assert_eq!(
            bound(text, Expectation::varying(Dimension::COUNT)),
            Variate::Law(wanted),
            "{text}"
        );
    }
}

/// Registers and combinations of laws stay programs; with laws at their means they are sums.
#[test]
fn registers_and_sums_of_laws_remain_programs() {
    let time = Expectation::varying(Dimension::TIME);
    let found = checked("fans * exp(2ms) + pause", time);
    assert!(found.uses_lets() && found.uses_inputs() && found.has_distribution);
    let variate = found.formula.bind(&INPUTS).unwrap();
    assert_eq!(variate.evaluate_fixed(), None);
    assert!((variate.at_means(&[100.0, 0.0]) - 2.2).abs() < 1e-12);
    let sum = bound("exp(1s) + exp(2s) - exp(3s) / 2", time);
    assert!((sum.at_means(&[]) - 1.5).abs() < 1e-12);
    let deep = "1 + fans * (".repeat(20) + "fans" + &")".repeat(20);
    assert_eq!(bound(&deep, ANY).at_means(&[1.0]), 21.0);
    // What cannot be computed at run time is clamped, not NaN.
    assert_eq!(bound("1 / fans", ANY).at_means(&[0.0]), f64::MAX);
    assert_eq!(bound("ln(fans)", ANY).at_means(&[-1.0]), 0.0);
}

/// A program draws its laws in the order written, all from one source: the same as by hand.
#[test]
fn programs_draw_their_laws_in_order() {
    let variate = bound("fans * exp(2s) + uniform(0s, 9s)", Expectation::varying(Dimension::TIME));
    let (mut draw, mut by_hand) = (Draw::new(7, 11), Draw::new(7, 11));
    let exp = Dist::exponential(2.0).unwrap();
    let uniform = Dist::uniform(0.0, 9.0).unwrap();
    for fans in [1.0, 2.0, 100.0] {
        let wanted = fans * exp.sample(&mut by_hand) + uniform.sample(&mut by_hand);
        assert_eq!(variate.sample(&[fans], &mut draw), wanted);
    }
}

#[test]
fn reserved_words_cannot_be_names() {
    for word in ["min", "s", "exp", "empirical", "within", "histogram", "GiB"] {
        assert!(is_reserved(word), "{word}");
    }
    assert!(!is_reserved("viewers") && !is_reserved("m"));
}

/// Kind, offending characters and replacement of each error.
#[test]
fn errors_name_the_characters() {
    use ExprErrorKind::*;
    let time = Expectation::varying(Dimension::TIME);
    let rate = Expectation::fixed(Dimension::RATE);
    let count = Expectation::varying(Dimension::COUNT);
    let cases: &[(&str, Expectation, ExprErrorKind, &str, Option<&str>)] = &[
        ("12", time, MissingUnit, "12", Some("12ms")),
        ("200", rate, MissingUnit, "200", Some("200/s")),
        ("exp(5)", time, MissingUnit, "5", Some("5ms")),
        ("pause + 5", time, MissingUnit, "5", Some("5ms")),
        ("lognormal(p50=5ms, p99=50)", time, MissingUnit, "50", Some("50ms")),
        ("viewers * 2 s", rate, WrongDimension, "viewers * 2 s", None),
        ("5ms + 1 GB", time, WrongDimension, "5ms + 1 GB", None),
        ("5 m", time, AmbiguousUnit, "m", None),
        ("5 MS", time, UnknownUnit, "MS", Some("ms")),
        ("5 secnds", time, UnknownUnit, "secnds", Some("seconds")),
        ("viewer * 1s", time, UnknownName, "viewer", Some("viewers")),
        ("viewers-fans", count, MinusSpacing, "viewers-fans", Some("viewers - fans")),
        ("5 -3", count, MinusSpacing, "-", Some(" - ")),
        ("5ms-3ms", time, MinusSpacing, "ms-3ms", Some("ms - 3ms")),
        ("expp(5ms)", time, UnknownFunction, "expp", Some("exp")),
        ("uniform(5ms)", time, WrongArguments, "uniform(5ms)", None),
        (
            "lognormal(mean=5ms, p99=7ms)",
            time,
            WrongArguments,
            "lognormal(mean=5ms, p99=7ms)",
            None,
        ),
        ("exp(5ms)", Expectation::fixed(Dimension::TIME), DistributionNotAllowed, "exp", None),
        ("fans * 1s", Expectation::fixed(Dimension::TIME), LetNotAllowed, "fans", None),
        ("exp(fans * 1ms)", time, LetInDistribution, "fans * 1ms", None),
        ("uniform(5ms, 3ms)", time, ImpossibleDistribution, "uniform(5ms, 3ms)", None),
        ("choice(1: 0.5, 2: 0.4)", count, ImpossibleDistribution, "choice(1: 0.5, 2: 0.4)", None),
        ("erlang(2.5, 1s)", time, ImpossibleDistribution, "erlang(2.5, 1s)", None),
        ("1 / 0", count, NotFinite, "1 / 0", None),
        ("1e308 * 10", count, NotFinite, "1e308 * 10", None),
        ("1e308 GB", ANY, NotFinite, "1e308 GB", None),
        ("empirical(\"none.csv\")", time, UnreadableTable, "none.csv", None),
        ("5 +", count, Syntax, "", None),
        ("", count, Syntax, "", None),
        ("2 * s", time, UnknownName, "s", Some("1 s")),
        ("viewers s", time, Syntax, "s", None),
        ("\"\"", count, Syntax, "", None),
        ("1 + [2]", count, Syntax, "[2]", None),
        ("exp('x')", count, Syntax, "x", None),
        ("choice(1: 'x')", count, Syntax, "x", None),
        ("sqrt(5s)", time, WrongDimension, "5s", None),
    ];
    for (text, expectation, kind, part, replacement) in cases {
        let found = errors(text, *expectation);
        let first = &found[0];
        assert_eq!((first.kind, &text[first.span.clone()]), (*kind, *part), "{text}: {found:?}");
        assert_eq!(first.replacement.as_deref(), *replacement, "{text}");
    }
}

#[test]
fn independent_errors_are_reported_together() {
    let found = errors("viewer * 1s + pauze + uniform(1s)", Expectation::varying(Dimension::TIME));
    let kinds: Vec<_> = found.iter().map(|error| error.kind).collect();
    assert_eq!(
        kinds,
        [ExprErrorKind::UnknownName, ExprErrorKind::UnknownName, ExprErrorKind::WrongArguments]
    );
    let message = &errors("viewers * 2 s", Expectation::fixed(Dimension::RATE))[0].message;
    assert_eq!(message, "expected a rate such as `200/s`, found a time");
}

#[test]
fn numbers_of_toml_need_a_unit_too() {
    let errors = check_number(12.0, "12", Expectation::fixed(Dimension::TIME)).unwrap_err();
    assert_eq!(errors[0].replacement.as_deref(), Some("\"12ms\""));
    let count = check_number(12.0, "12", Expectation::fixed(Dimension::COUNT)).unwrap();
    assert_eq!(count.formula.bind(&[]), Ok(Variate::Fixed(12.0)));
    assert!(check_number(f64::INFINITY, "inf", ANY).is_err());
}

#[test]
fn tests_over_values_hold_or_not() {
    let test = check_test("fans < 100 and payload >= 1 MB", &scope(), true).unwrap();
    let test = test.bind(&INPUTS).unwrap();
    assert!(test.holds(&[99.0, 1e6]));
    assert!(!test.holds(&[100.0, 1e6]));
    assert!(!test.holds(&[99.0, 999_999.0]));
    let kind = |text| check_test(text, &scope(), true).unwrap_err()[0].kind;
    assert_eq!(kind("payload < 5"), ExprErrorKind::MissingUnit);
    assert_eq!(kind("fans"), ExprErrorKind::Syntax);
    assert_eq!(kind("fans == 3"), ExprErrorKind::Syntax);
    assert_eq!(kind("fans < 3 and exp(5ms) < 3s"), ExprErrorKind::DistributionNotAllowed);
}

/// Nesting and length have limits, and the deepest allowed is fine.
#[test]
fn limits_are_errors() {
    let nested = |n: usize| "(".repeat(n) + "1" + &")".repeat(n);
    assert_eq!(bound(&nested(64), ANY), Variate::Fixed(1.0));
    assert_eq!(errors(&nested(65), ANY)[0].kind, ExprErrorKind::TooLarge);
    assert_eq!(errors(&"-".repeat(200), ANY)[0].kind, ExprErrorKind::TooLarge);
    let long = "1+".repeat(2047) + "1";
    assert_eq!(bound(&long, ANY), Variate::Fixed(2048.0));
    assert_eq!(parse_metric(&long).unwrap_err().kind, ExprErrorKind::TooLarge);
    assert_eq!(errors(&"1 ".repeat(3000), ANY)[0].kind, ExprErrorKind::TooLarge);
    let units = "1s*".repeat(128) + "1s";
    assert_eq!(errors(&units, ANY)[0].kind, ExprErrorKind::TooLarge);
}

/// The conditions of LANGUAGE 2, 5 and 7 are understood.
#[test]
fn conditions_of_the_reference_parse() {
    let texts = [
        "p95(endpoint.browse) < 500ms",
        "offered_load(pool.api_pg) within 2% of 417",
        "p99(pool.api_pg.wait) < 5ms",
        "p99(workload.go_live) < 3s",
        "mean(step.start_stream.notify.last) within 5% of 1000s",
        "utilization(database.pg.cpu) in 0.8..0.9",
        "mean(pool.p.wait) in 5ms..10ms and p99.99(endpoint.x.ok) <= 1s",
        "utilization(service.api.workers) > 90% for 5 min",
        "share(pool.p.wait > 5ms) < 1%",
        "share(pool.p.waiting >= 1) < 10%",
        "share(endpoint.X.timed_out) < 0.1%",
        "during(peak, p99(endpoint.x)) < 1s",
        "at(30s, mean(pool.api-pg.in_use)) > 40",
        "in(as_found, p99(endpoint.x)) > 2 * p99(endpoint.x)",
        "worst(instance, p99(pool.p.wait)) < 1s",
        "time_until(pool.p.waiting <= 0, after = 30s) < 5 min",
        "time_until(pool.p.waiting <= 0) < 5 min",
        "chance(max(pool.p.waiting) > 10) < 5%",
        "per_second(workload.viewers) within 1% of viewers * 10/min",
        "mean(endpoint.x.ok) - mean(service.api.line.wait.by.E) < 50ms",
        "amplification(workload.viewers) <= 1.5 and count(query.read) > 0",
    ];
    for text in texts {
        assert!(parse_condition(text).is_ok(), "{text}: {:?}", parse_condition(text));
    }
    let condition = parse_condition("offered_load(pool.api-pg) within 2% of 417").unwrap();
    let comparison = &condition.comparisons[0];
    let MetricKind::Of(Function::OfferedLoad, path) = &comparison.left.kind else { panic!() };
    assert_eq!((path.text.as_str(), path.span.clone()), ("pool.api-pg", 13..24));
    assert_eq!(path.segments().collect::<Vec<_>>(), ["pool", "api-pg"]);
    let Relation::Within(Tolerance::Relative(share), of) = &comparison.relation else { panic!() };
    assert_eq!(*share, 0.02);
    let written = Written { text: "417".to_owned(), bare: true };
    assert_eq!(of.kind, MetricKind::Literal(Quantity::count(417.0), written));
    let lasting = parse_condition("max(pool.p.waiting) > 3 for 5 min").unwrap();
    assert_eq!(lasting.comparisons[0].lasting.as_ref().unwrap().quantity, Quantity::seconds(300.0));
    let precision = parse_precision("2% on p99.9(endpoint.x)").unwrap();
    assert_eq!(precision.relative, 0.02);
    let MetricKind::Of(Function::Quantile(level), _) = precision.metric.kind else { panic!() };
    assert!((level - 0.999).abs() < 1e-15);
}

#[test]
fn wrong_conditions_name_the_characters() {
    use ExprErrorKind::*;
    let cases = [
        ("p95(endpoint.x)", Syntax, ""),
        ("endpoint.x < 5ms", WrongMetric, "endpoint.x"),
        ("p95(5ms) < 5ms", WrongMetric, "5ms"),
        ("offered_load(pool.p) within 2 of 417", MissingUnit, "2"),
        ("max(pool.p.in_use) > 3 for 5", MissingUnit, "5"),
        ("utilisation(pool.p) < 1", UnknownFunction, "utilisation"),
        ("p100(endpoint.x) < 1s", UnknownFunction, "p100"),
        ("worst(case, p99(endpoint.x)) < 1s", WrongMetric, "worst(case, p99(endpoint.x))"),
        ("p95(endpoint.x) = 5ms", Syntax, "="),
        ("p95(endpoint.x) < 5 m", AmbiguousUnit, "m"),
    ];
    for (text, kind, part) in cases {
        let error = parse_condition(text).expect_err(text);
        assert_eq!((error.kind, &text[error.span.clone()]), (kind, part), "{text}: {error:?}");
    }
}

/// Characters that the grammar knows, so that random strings get far into it.
const ALPHABET: &str = "[-+*/()\\[\\],:=<>.%$\"' 0-9a-eghimnopstxBGM_\u{b5}\u{e9}]{0,60}";

fn spans_are_inside(text: &str, errors: &[ExprError]) {
    for error in errors {
        assert!(text.get(error.span.clone()).is_some(), "{text}: {error:?}");
        assert!(!error.message.is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_causes_a_panic(text in prop_oneof![".{0,80}", ALPHABET]) {
        match check(&text, &scope(), &NoTables, ANY) {
            Ok(checked) => {
                if let Ok(Variate::Fixed(value)) = checked.formula.bind(&INPUTS) {
                    prop_assert!(value.is_finite());
                }
            }
            Err(errors) => {
                prop_assert!(!errors.is_empty());
                spans_are_inside(&text, &errors);
            }
        }
        if let Err(errors) = check_test(&text, &scope(), true) {
            prop_assert!(!errors.is_empty());
            spans_are_inside(&text, &errors);
        }
        let found = [parse_condition(&text).err(), parse_metric(&text).err(), parse_precision(&text).err()];
        for error in found.into_iter().flatten() {
            spans_are_inside(&text, &[error]);
        }
    }

    /// Grammatical fragments in any order reach the checker more often than characters do.
    #[test]
    fn no_sequence_of_fragments_causes_a_panic(
        parts in prop::collection::vec(prop::sample::select(vec![
            "5", "3ms", "1 GB", "viewers", "fans", "pause", " + ", " - ", " * ", " / ", "(", ")",
            "exp(", "mixture(", "choice(", "choice([", "])", ": 0.5", ", ", "uniform(", "min(",
            "pow(", "lognormal(p50=", "p99=", "mean=", "cv=", "sqrt(", "empirical(", "'f'", "-", "s",
        ]), 0..16),
    ) {
        let text = parts.concat();
        match check(&text, &scope(), &Files, ANY) {
            Ok(checked) => { let _ = checked.formula.bind(&INPUTS).map(|v| v.at_means(&[1.0, 2.0])); }
            Err(errors) => { prop_assert!(!errors.is_empty()); spans_are_inside(&text, &errors); }
        }
    }

    /// What is printed exactly reads back as the same quantity.
    #[test]
    fn quantities_survive_printing(
        value in prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL,
        time in -3_i8..4, bytes in -2_i8..3, money in -1_i8..2,
    ) {
        let quantity = Quantity::new(value, Dimension::new(time, bytes, money));
        let text = quantity.to_string();
        let found = checked(&text, ANY);
        prop_assert_eq!(found.dimension, quantity.dimension, "{}", &text);
        prop_assert_eq!(found.formula.bind(&[]), Ok(Variate::Fixed(value)), "{}", text);
    }
}
