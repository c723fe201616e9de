//! Latency against rate, as a picture.

use super::report::Summary;
use plotters::prelude::*;
use std::ops::Range;

/// Pixels.
const SIZE: (u32, u32) = (960, 540);

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// Nothing to show.
    #[error("there is nothing to draw: a plot needs runs at two rates or more (--rate 1000,2000,4000)")]
    Nothing,
    /// The library failed.
    #[error("the plot could not be drawn: {0}")]
    Draw(String),
}

/// A scenario's runs.
struct Line<'a> {
    name: &'a str,
    points: Vec<Point>,
}

struct Point {
    rate: f64,
    p50: f64,
    p99: f64,
}

/// The median and the 99th percentile of each scenario over the rate at which requests were due, on a logarithmic axis.
/// Of several rounds, the one in the middle.
pub fn svg(summaries: &[Summary]) -> Result<String, PlotError> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for summary in summaries {
        let Some(rate) = summary.rate else { continue };
        let point = Point { rate, p50: summary.p50.median, p99: summary.p99.median };
        match lines.iter_mut().find(|line| line.name == summary.name) {
            Some(line) => line.points.push(point),
            None => lines.push(Line { name: &summary.name, points: vec![point] }),
        }
    }
    let all = || lines.iter().flat_map(|line| &line.points);
    let (first, last) = all().fold((f64::MAX, 0.0), |(first, last), p| (p.rate.min(first), p.rate.max(last)));
    if first >= last {
        return Err(PlotError::Nothing);
    }
    let (low, high) = all().fold((f64::MAX, 0.0), |(low, high), p| (p.p50.min(low), p.p99.max(high)));
    let mut text = String::new();
    draw(&mut text, &lines, first..last, low * 0.8..high * 1.25).map_err(|error| PlotError::Draw(error.to_string()))?;
    Ok(text)
}

fn draw(
    text: &mut String,
    lines: &[Line<'_>],
    rates: Range<f64>,
    millis: Range<f64>,
) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(text, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .margin(16)
        .x_label_area_size(40)
        .y_label_area_size(64)
        .build_cartesian_2d(rates, millis.log_scale())?;
    chart.configure_mesh().x_desc("requests due per second").y_desc("milliseconds").draw()?;
    for (n, Line { name, points }) in lines.iter().enumerate() {
        let colour = Palette99::pick(n);
        let (thick, thin) = (colour.stroke_width(2), colour.mix(0.5).stroke_width(1));
        let p99 = LineSeries::new(points.iter().map(|point| (point.rate, point.p99)), thick);
        let key = move |(x, y)| PathElement::new(vec![(x, y), (x + 20, y)], thick);
        chart.draw_series(p99)?.label(format!("{name}, p99")).legend(key);
        let p50 = LineSeries::new(points.iter().map(|point| (point.rate, point.p50)), thin);
        let key = move |(x, y)| PathElement::new(vec![(x, y), (x + 20, y)], thin);
        chart.draw_series(p50)?.label(format!("{name}, median")).legend(key);
    }
    chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK).draw()?;
    root.present()?;
    Ok(())
}
