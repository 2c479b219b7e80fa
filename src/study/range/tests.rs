//! Ranges as they are typed.

use super::Range;

fn texts(range: &str) -> Vec<String> {
    Range::read(range).unwrap().values.into_iter().map(|one| one.text).collect()
}

#[test]
fn whole_numbers_stay_whole() {
    assert_eq!(texts("a=10..20:5"), ["10", "15", "20"]);
    assert_eq!(texts("a=10..1000:x10"), ["10", "100", "1000"]);
    assert_eq!(texts("a=10..50:x2"), ["10", "20", "40", "50"]);
    assert_eq!(texts("a=10..40:x1.5"), ["10", "15", "23", "34", "40"]);
    assert_eq!(texts("a=1..3"), ["1", "2", "3"]);
    assert_eq!(texts("a=10_000..20_000:5_000"), ["10000", "15000", "20000"]);
    assert_eq!(texts("pool.p.size=20..80"), ["20", "29", "37", "46", "54", "63", "71", "80"]);
}

#[test]
fn units_are_kept_and_carried_over() {
    assert_eq!(texts("a=10ms..40ms:10ms"), ["10ms", "20ms", "30ms", "40ms"]);
    assert_eq!(texts("a=500ms..2s:500ms"), ["500ms", "1000ms", "1500ms", "2000ms"]);
    assert_eq!(texts("a=1s..2s:250ms"), ["1s", "1.25s", "1.5s", "1.75s", "2s"]);
    assert_eq!(texts("a=1%..2:0.5"), ["1%", "1.5%", "2%"]);
    assert_eq!(texts("a=100/s..400/s:x2"), ["100/s", "200/s", "400/s"]);
    // One unit is for both ends, wherever it stands.
    assert_eq!(texts("a=10..30ms:10"), ["10ms", "20ms", "30ms"]);
    assert_eq!(texts("a=10ms..30:10"), ["10ms", "20ms", "30ms"]);
    let range = Range::read("a=10ms..40ms").unwrap();
    assert_eq!(range.near(0.012_345_6).unwrap().text, "12.35ms");
    assert_eq!(range.values[7].value, Some(0.04));
}

/// Source: by hand. A step of a tenth ends at 0.5, which five tenths in binary do not.
#[test]
fn what_is_typed_is_tried_to_the_last_digit() {
    assert_eq!(texts("a=0.1..0.5:0.1"), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
    assert_eq!(texts("a=1.00001..1.00003:0.00001"), ["1.00001", "1.00002", "1.00003"]);
    assert_eq!(texts("a=12345.678ms, 9.87654321s"), ["12345.678ms", "9.87654321s"]);
    assert_eq!(texts("a=1.2345678..9.8765432:x2")[..2], ["1.2345678", "2.4691356"]);
    let ends = |range: &str| {
        let all = Range::read(range).unwrap().values;
        (all[0].clone(), all[all.len() - 1].clone())
    };
    for range in ["a=1.23456..7.65432", "a=123456..7654321", "a=12.34567%..23.45678%"] {
        let (first, last) = ends(range);
        let typed = range.strip_prefix("a=").unwrap().split_once("..").unwrap();
        assert_eq!((first.text.as_str(), last.text.as_str()), typed);
    }
    // The end keeps its own unit, and is not rounded to that of the start.
    let (_, last) = ends("a=1d..100h");
    assert_eq!((last.text.as_str(), last.value), ("100h", Some(360_000.0)));
    assert_eq!(texts("a=0.5..0.7:0.01").len(), 21);
    assert_eq!(texts("a=-3..-1:1"), ["-3", "-2", "-1"]);
}

/// Values of our own choice are rounded, and stay between the ends.
#[test]
fn chosen_values_lie_within_the_ends() {
    for text in ["a=1.23456..7.65432", "a=1.00001..1.00009", "a=99.996ms..120.004ms", "a=3..7000"] {
        let range = Range::read(text).unwrap();
        let values: Vec<f64> = range.values.iter().map(|one| one.value.unwrap()).collect();
        assert_eq!(values.len(), 8, "{text}");
        assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{text}: {values:?}");
        let last = values.len() - 1;
        for beyond in [values[0] - 1.0, values[0]] {
            assert_eq!(range.near(beyond).unwrap(), range.values[0], "{text}");
        }
        for beyond in [values[last] + 1.0, values[last]] {
            assert_eq!(range.near(beyond).unwrap(), range.values[last], "{text}");
        }
        for inside in [values[0] * (1.0 + 1e-9), values[last] * (1.0 - 1e-9)] {
            let value = range.near(inside).unwrap().value.unwrap();
            assert!(value >= values[0] && value <= values[last], "{text}: {value}");
        }
    }
}

#[test]
fn wide_ranges_have_equal_ratios_and_lists_stand_as_they_are() {
    let range = Range::read("inputs.followers=10..1_000_000:x10").unwrap();
    assert!(range.log && range.open && range.is_whole());
    assert_eq!(range.values.len(), 6);
    assert_eq!(texts("a=1..128")[..3], ["1", "2", "4"]);
    let list = Range::read("a=fifo, lifo").unwrap();
    assert_eq!(list.values[1].text, "lifo");
    assert!(!list.open && list.values[1].value.is_none() && list.near(1.0).is_none());
}

#[test]
fn a_value_that_is_there_twice_is_tried_once() {
    assert_eq!(texts("a=10,20,10,20.0"), ["10", "20"]);
    assert_eq!(texts("a=1s,1000ms,2s"), ["1s", "2s"]);
    assert_eq!(texts("a=fifo,lifo,fifo"), ["fifo", "lifo"]);
}

#[test]
fn what_is_no_range_says_so() {
    let wrong = |text: &str| Range::read(text).unwrap_err();
    assert!(wrong("a").contains("KEY=FROM..TO"));
    assert!(wrong("a=5..1").contains("from the smaller"));
    assert!(wrong("a=1..x").contains("no number"));
    assert!(wrong("a=1..9:x1").contains("above 1"));
    assert!(wrong("a=0..9:x2").contains("above 0"));
    assert!(wrong("a=1..9:0").contains("above 0"));
    assert!(wrong("a=1..1000000:1").contains("allowed"));
    assert!(wrong("a=1..1e400").contains("no number"));
    assert!(wrong("a=1,,2").contains("missing"));
    for text in ["a=1s..5/s", "a=1s..5s:1GB", "a=1ms,2,3", "a=1%..5s"] {
        assert!(wrong(text).contains(" is "), "{}", wrong(text));
    }
    assert_eq!(wrong("a=1s..5/s"), "`a`: `1s` is a time and `5/s` is a rate");
}
