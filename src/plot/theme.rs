//! Colors: what each is for, and its value on light and on dark ground.
//!
//! plotters writes colors as attributes, without classes. So every role has a light value that no
//! other role has, charts are drawn in the light values, and CSS recolors by attribute
//! (`[fill="#0072B2"]{fill:var(--plot-s0)}`): a presentation attribute yields to any CSS rule.
//! Where CSS is not understood, the light theme is what remains.
//!
//! Series colors are those of Okabe and Ito ("Color Universal Design", 2008), told apart by readers
//! with any common color vision. Text in a series color uses a darker (dark ground: lighter) shade,
//! because the palette itself does not reach a contrast of 4.5 to 1 on white.

use std::fmt::Write as _;

/// What a color is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Paint {
    /// The ground a chart stands on.
    Surface,
    /// Titles and values.
    Ink,
    /// Axis labels, notes.
    Muted,
    /// Hairlines.
    Grid,
    /// The base line of an axis, whiskers of no particular series.
    Baseline,
    /// Shading of what does not count (warm-up).
    Shade,
    /// Shading of a named window.
    Window,
    /// An objective or target.
    Objective,
    /// Everything beyond the four series.
    Other,
    /// Line or area of series 0 to 3.
    Series(Series),
    /// Text that names series 0 to 3.
    SeriesText(Series),
    /// Text on an area filled with [`Series::Blue`].
    OnBlue,
    /// Text on an area filled with any other series color, or with [`Paint::Other`].
    OnHue,
}

/// The four series a chart can tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Series {
    /// The first.
    Blue,
    /// The second.
    Vermillion,
    /// The third.
    Green,
    /// The fourth.
    Purple,
}

impl Series {
    /// In order of use.
    pub const ALL: [Series; 4] = [Series::Blue, Series::Vermillion, Series::Green, Series::Purple];

    /// The series number `index`; `None` beyond the fourth.
    pub fn nth(index: usize) -> Option<Series> {
        Series::ALL.get(index).copied()
    }

    /// Pen down, pen up, … in CSS pixels; empty for a solid line. Keeps series apart in gray print.
    pub fn dashes(self) -> &'static [f64] {
        match self {
            Series::Blue => &[],
            Series::Vermillion => &[7.0, 3.0],
            Series::Green => &[2.5, 2.5],
            Series::Purple => &[9.0, 3.0, 2.0, 3.0],
        }
    }
}

/// A sequential ramp of one hue, from little to much: opacities of the first series color on the
/// surface. The lightness is monotone on light as on dark ground and in gray print. The step before
/// the last is the most that [`Paint::Ink`] can be read on, the last the least for [`Paint::OnBlue`].
pub const RAMP: [f64; 6] = [0.08, 0.20, 0.32, 0.46, 0.62, 1.0];

/// The paint for text on a step of [`RAMP`].
pub fn on_ramp(step: usize) -> Paint {
    if step + 1 < RAMP.len() { Paint::Ink } else { Paint::OnBlue }
}

/// One line of the table of colors: the role, its CSS variable, its value on light and on dark.
type Entry = (Paint, &'static str, (u8, u8, u8), (u8, u8, u8));

const TABLE: [Entry; 19] = [
    (Paint::Surface, "surface", (0xFF, 0xFF, 0xFF), (0x14, 0x18, 0x1D)),
    (Paint::Ink, "ink", (0x1B, 0x1F, 0x24), (0xE6, 0xEA, 0xF0)),
    (Paint::Muted, "muted", (0x57, 0x60, 0x6A), (0xA3, 0xAD, 0xB8)),
    (Paint::Grid, "grid", (0xDD, 0xE2, 0xE7), (0x2E, 0x35, 0x3D)),
    (Paint::Baseline, "baseline", (0x86, 0x8F, 0x99), (0x6E, 0x78, 0x83)),
    (Paint::Shade, "shade", (0xEC, 0xEF, 0xF2), (0x23, 0x29, 0x31)),
    (Paint::Window, "window", (0xFB, 0xF0, 0xD2), (0x35, 0x2E, 0x1A)),
    (Paint::Objective, "objective", (0x24, 0x29, 0x2F), (0xF0, 0xF3, 0xF6)),
    (Paint::Other, "other", (0x8B, 0x93, 0x9C), (0x84, 0x8E, 0x99)),
    (Paint::Series(Series::Blue), "s0", (0x00, 0x72, 0xB2), (0x4A, 0x9F, 0xDB)),
    (Paint::Series(Series::Vermillion), "s1", (0xD5, 0x5E, 0x00), (0xE8, 0x75, 0x2A)),
    (Paint::Series(Series::Green), "s2", (0x00, 0x9E, 0x73), (0x1F, 0xB5, 0x8C)),
    (Paint::Series(Series::Purple), "s3", (0xCC, 0x79, 0xA7), (0xD9, 0x8D, 0xB7)),
    (Paint::SeriesText(Series::Blue), "t0", (0x00, 0x69, 0xA5), (0x6C, 0xB4, 0xE6)),
    (Paint::SeriesText(Series::Vermillion), "t1", (0xA8, 0x4A, 0x00), (0xF0, 0x8C, 0x4A)),
    (Paint::SeriesText(Series::Green), "t2", (0x00, 0x73, 0x54), (0x3C, 0xC4, 0x9D)),
    (Paint::SeriesText(Series::Purple), "t3", (0x9C, 0x44, 0x74), (0xE2, 0xA2, 0xC5)),
    (Paint::OnBlue, "on-s0", (0xFE, 0xFE, 0xFE), (0x0B, 0x0E, 0x12)),
    (Paint::OnHue, "on-hue", (0x0C, 0x0F, 0x13), (0x0A, 0x0D, 0x11)),
];

impl Paint {
    /// Red, green, blue on light ground: the value charts are drawn in.
    pub fn light(self) -> (u8, u8, u8) {
        self.entry().2
    }

    /// Red, green, blue on dark ground.
    pub fn dark(self) -> (u8, u8, u8) {
        self.entry().3
    }

    /// The light value as plotters writes it: upper-case hexadecimal.
    pub fn hex(self) -> String {
        hex(self.light())
    }

    fn entry(self) -> &'static Entry {
        // The table is complete (a test walks all roles); the surface is a harmless answer if not.
        TABLE.iter().find(|entry| entry.0 == self).unwrap_or(&TABLE[0])
    }

    /// The paint for text inside an area of this color.
    #[must_use]
    pub fn on(self) -> Paint {
        if self == Paint::Series(Series::Blue) { Paint::OnBlue } else { Paint::OnHue }
    }
}

/// All roles, in the order of the table.
pub fn all() -> impl Iterator<Item = Paint> {
    TABLE.iter().map(|entry| entry.0)
}

fn hex((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

/// `--plot-NAME:VALUE;` for every role.
fn variables(dark: bool) -> String {
    TABLE.iter().fold(String::new(), |mut css, (_, name, on_light, on_dark)| {
        let value = hex(if dark { *on_dark } else { *on_light });
        let _ = write!(css, "--plot-{name}:{value};");
        css
    })
}

/// The rules that recolor any element under `.plot`.
fn rules() -> String {
    let mut css = String::from(
        ".plot text{font-family:system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",\
         Arial,\"DejaVu Sans\",sans-serif;font-variant-numeric:tabular-nums}\n\
         .plot polyline{stroke-linejoin:round}\n",
    );
    for (_, name, light, _) in &TABLE {
        let hex = hex(*light);
        let _ = writeln!(
            css,
            ".plot [fill=\"{hex}\"]{{fill:var(--plot-{name})}}\
             .plot [stroke=\"{hex}\"]{{stroke:var(--plot-{name})}}"
        );
    }
    css
}

/// CSS for a page with inline charts: variables on `:root`, dark values under
/// `prefers-color-scheme`, light ones again for print.
pub fn page_css() -> String {
    let (light, dark) = (variables(false), variables(true));
    format!(
        ":root{{{light}}}\n\
         @media screen and (prefers-color-scheme: dark){{:root{{{dark}}}}}\n\
         .plot{{display:block;width:100%;max-width:720px;height:auto}}\n{}",
        rules()
    )
}

/// CSS inside a standalone file.
pub fn standalone_css() -> String {
    let (light, dark) = (variables(false), variables(true));
    format!(
        ".plot{{{light}}}\n@media screen and (prefers-color-scheme: dark){{.plot{{{dark}}}}}\n{}",
        rules()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Relative luminance and contrast as defined by WCAG 2.1.
    fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let luminance =
            |(r, g, b): (u8, u8, u8)| 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        let (x, y) = (luminance(a), luminance(b));
        (x.max(y) + 0.05) / (x.min(y) + 0.05)
    }

    #[test]
    fn every_light_value_is_unique_because_css_selects_by_it() {
        let values: BTreeSet<_> = all().map(Paint::hex).collect();
        assert_eq!(values.len(), TABLE.len());
        for series in Series::ALL {
            for paint in [Paint::Series(series), Paint::SeriesText(series)] {
                assert_eq!(paint.entry().0, paint);
            }
        }
    }

    #[test]
    fn text_reaches_four_and_a_half_to_one_and_lines_three_to_one() {
        let grounds = |p: Paint| (p.light(), p.dark());
        let check = |front: Paint, back: Paint, least: f64| {
            let (f, b) = (grounds(front), grounds(back));
            for (theme, ratio) in [("light", contrast(f.0, b.0)), ("dark", contrast(f.1, b.1))] {
                assert!(ratio >= least, "{front:?} on {back:?}, {theme}: {ratio:.2}");
            }
        };
        for ground in [Paint::Surface, Paint::Shade, Paint::Window] {
            check(Paint::Ink, ground, 4.5);
            check(Paint::Muted, ground, 4.5);
        }
        check(Paint::Objective, Paint::Surface, 4.5);
        check(Paint::Baseline, Paint::Surface, 3.0);
        check(Paint::Other, Paint::Surface, 3.0);
        check(Paint::OnHue, Paint::Other, 4.5);
        for series in Series::ALL {
            let hue = Paint::Series(series);
            check(hue, Paint::Surface, 3.0);
            check(Paint::SeriesText(series), Paint::Surface, 4.5);
            check(hue.on(), hue, 4.5);
        }
    }

    #[test]
    fn the_ramp_is_monotone_and_can_be_written_on() {
        let blend = |front: (u8, u8, u8), back: (u8, u8, u8), share: f64| {
            let mix = |f: u8, b: u8| (f64::from(f) * share + f64::from(b) * (1.0 - share)) as u8;
            (mix(front.0, back.0), mix(front.1, back.1), mix(front.2, back.2))
        };
        for value in [Paint::light, Paint::dark] {
            let (blue, ground) = (value(Paint::Series(Series::Blue)), value(Paint::Surface));
            let mut before = 1.0;
            for (step, opacity) in RAMP.into_iter().enumerate() {
                let color = blend(blue, ground, opacity);
                assert!(contrast(value(on_ramp(step)), color) >= 4.5, "step {step}");
                let away = contrast(color, ground);
                assert!(away > before * 1.05, "step {step}: {away:.2} after {before:.2}");
                before = away;
            }
        }
    }

    #[test]
    fn css_recolors_fill_and_stroke_of_every_role() {
        for css in [page_css(), standalone_css()] {
            for paint in all() {
                assert!(css.contains(&format!("[fill=\"{}\"]", paint.hex())));
                assert!(css.contains(&format!("[stroke=\"{}\"]", paint.hex())));
            }
            assert!(css.contains("prefers-color-scheme: dark"));
        }
    }
}
