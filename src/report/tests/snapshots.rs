//! What reports look like, in full.

use super::{charts, fixture, markdown, text};

#[test]
fn a_report_that_is_well() {
    let summary = fixture::browse();
    insta::assert_snapshot!(text::render(&summary), @r#"
    At 8,333/s, browse meets its objective: p95 is 150 ms (149–151) against 500 ms; pool.api_pg is the
    busiest, 83.3 % in use.

    LiveStream Pro: browsing through the pool · 16 replications of 60 s · after 3 s of warm-up (MSER-5
    on pilot runs) · seed 1 · 95 % intervals

    Objectives
      verdict  name  asked for                      found             margin
      pass     fast  p95(endpoint.browse) < 500 ms  150 ms (149–151)  70 % below

    Claims
      verdict    name                          asked for                      found          margin
      confirmed  live-a/S3.3                   offered_load(pool.api_pg)      417 (416–418)  exact
                                               within 2 % of 417
      refuted    live-a/S3.3-enough on         p99(pool.api_pg.wait) < 5 ms   2 s (1.9–2.1)  400 × limit
                 exactly_417
      live-a/S3.3-enough: “417 connections are required (and so would do)”. It should have said 2 s.

    Latency
      requests         arrive /s  good %  p50 ms   p90 ms   p95 ms   p99 ms  p99.9 ms  max ms
      endpoint.browse      8,333     100      35      115      150      230       345     800
                                           34–36  114–116  149–151  229–231   344–346
      workload.viewers is the same, as its clients see it.

    Stations
      station              servers   in use %
      service.api.workers    2,000         21
                                    20.9–21.1

    Connection pools
      pool         size  open  offered   in use %  wait mean ms   p95 ms  waited %  all busy %
      pool.api_pg   500   500      417       83.3           1.2        8        10         0.2
                                        83.2–83.4       1.1–1.3  7.5–8.5

    Where the time goes: browse
      place        mean wait ms  mean service ms  slowest 1 %: wait ms  service ms
      pool.api_pg           1.2               50                    10         280
      network               0                  1                     0           1
      Slowest 1.23 %: 80,000 requests from 230 ms on.

    Variants, on the same draws
      variant       failed %      p50     p95     p99  in use %  busiest      met     state
      as it stands         0  37.5 ms  150 ms  225 ms      83.3  pool.api_pg  1 of 1
      exactly_417          0      1 s     4 s     6 s     100    pool.api_pg  0 of 1  overloaded

    Assumed, because the scenario does not say
      key                          value
      pool.api_pg.acquire_timeout  30s

    Again, with plimsoll 0.1.0 (identity 0123456789abcdef):
      plimsoll run browse.toml --seed 1 --replications 16
    "#);
}

#[test]
fn a_report_of_trouble() {
    let summary = fixture::failing();
    insta::assert_snapshot!(text::render(&summary), @r#"
    At 8,333/s, browse is overloaded; 33.3 % of its requests get no connection in time; it misses its
    objective: there is no p95 to hold against 500 ms; pool.api_pg cannot keep up: 417 asked for, 97
    there.

    LiveStream Pro: browsing through the pool · 16 replications of 60 s · after 3 s of warm-up (MSER-5
    on pilot runs) · seed 1 · 95 % intervals

    Objectives
      verdict  name  asked for                      found  margin
      fail     fast  p95(endpoint.browse) < 500 ms  none   beyond any

    Claims
      verdict    name                          asked for                      found          margin
      confirmed  live-a/S3.3                   offered_load(pool.api_pg)      417 (416–418)  exact
                                               within 2 % of 417
      refuted    live-a/S3.3-enough on         p99(pool.api_pg.wait) < 5 ms   2 s (1.9–2.1)  400 × limit
                 exactly_417
      live-a/S3.3-enough: “417 connections are required (and so would do)”. It should have said 2 s.

    Latency
      requests             arrive /s  good %  p50 ms   p90 ms   p95 ms   p99 ms  p99.9 ms  max ms
      endpoint.browse          8,333    66.7      35     none     none     none      none     800
                                               34–36
        good answers only                         35      115      150      230       345     800
                                               34–36  114–116  149–151  229–231   344–346
      none: more requests than that got no good answer.
      workload.viewers is the same, as its clients see it.

    How requests ended
      outcome                        requests  share %   mean    p50     p99
      endpoint.browse pool_timeout  2,664,000     33.3   30 s   30 s    30 s
      endpoint.browse ok            5,336,000     66.7  50 ms  35 ms  230 ms

    Stations
      station              servers   in use %
      service.api.workers    2,000         21
                                    20.9–21.1

    Connection pools
      pool         size  open  offered  in use %  wait mean ms   p95 ms  waited %  all busy %  timed out
      pool.api_pg    97   500      417       100           1.2        8        10         0.2  2,664,000
                                                       1.1–1.3  7.5–8.5

    Where the time goes: browse
      place        mean wait ms  mean service ms  slowest 1 %: wait ms  service ms
      pool.api_pg           1.2               50                    10         280
      network               0                  1                     0           1
      Slowest 1.23 %: 80,000 requests from 230 ms on.

    Variants, on the same draws
      variant       failed %      p50     p95     p99  in use %  busiest      met     state
      as it stands         0  37.5 ms  150 ms  225 ms      83.3  pool.api_pg  1 of 1
      exactly_417          0      1 s     4 s     6 s     100    pool.api_pg  0 of 1  overloaded

    Assumed, because the scenario does not say
      key                          value
      pool.api_pg.acquire_timeout  30s

    Again, with plimsoll 0.1.0 (identity 0123456789abcdef):
      plimsoll run browse.toml --seed 1 --replications 16
    "#);
}

#[test]
fn a_report_for_a_pull_request() {
    let summary = fixture::browse();
    let report = markdown::render(&summary, &charts::charts(&summary));
    insta::assert_snapshot!(report, @r#"
    # LiveStream Pro: browsing through the pool

    **At 8,333/s, browse meets its objective: p95 is 150 ms (149–151) against 500 ms; pool.api\_pg is the busiest, 83.3 % in use.**

    ## Objectives

    | verdict | name | asked for | found | margin |
    | --- | --- | --- | --- | --- |
    | pass | fast | p95(endpoint.browse) &lt; 500 ms | 150 ms (149–151) | 70 % below |

    ![Objectives](margin.svg)

    ## Claims

    | verdict | name | asked for | found | margin |
    | --- | --- | --- | --- | --- |
    | confirmed | live-a/S3.3 | offered\_load(pool.api\_pg) within 2 % of 417 | 417 (416–418) | exact |
    | refuted | live-a/S3.3-enough on exactly\_417 | p99(pool.api\_pg.wait) &lt; 5 ms | 2 s (1.9–2.1) | 400 × limit |

    - live-a/S3.3-enough: “417 connections are required (and so would do)”. It should have said 2 s.

    ## Variants, on the same draws

    | variant | failed % | p50 | p95 | p99 | in use % | busiest | met | state |
    | --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- |
    | as it stands | 0 | 37.5 ms | 150 ms | 225 ms | 83.3 | pool.api\_pg | 1 of 1 |  |
    | exactly\_417 | 0 | 1 s | 4 s | 6 s | 100 | pool.api\_pg | 0 of 1 | overloaded |

    ## Latency

    | requests | arrive /s | good % | p50 ms | p90 ms | p95 ms | p99 ms | p99.9 ms | max ms |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | endpoint.browse | 8,333 | 100 | 35 | 115 | 150 | 230 | 345 | 800 |
    |  |  |  | 34–36 | 114–116 | 149–151 | 229–231 | 344–346 |  |

    workload.viewers is the same, as its clients see it.

    ![Latency by percentile](spectrum.svg)

    ## Where the time goes: browse

    | place | mean wait ms | mean service ms | slowest 1 %: wait ms | service ms |
    | --- | ---: | ---: | ---: | ---: |
    | pool.api\_pg | 1.2 | 50 | 10 | 280 |
    | network | 0 | 1 | 0 | 1 |

    Slowest 1.23 %: 80,000 requests from 230 ms on.

    ![Where the time goes](breakdown.svg)

    ## Stations

    | station | servers | in use % |
    | --- | ---: | ---: |
    | service.api.workers | 2,000 | 21 |
    |  |  | 20.9–21.1 |

    ## Connection pools

    | pool | size | open | offered | in use % | wait mean ms | p95 ms | waited % | all busy % |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
    | pool.api\_pg | 500 | 500 | 417 | 83.3 | 1.2 | 8 | 10 | 0.2 |
    |  |  |  |  | 83.2–83.4 | 1.1–1.3 | 7.5–8.5 |  |  |

    ![Utilization and waiting over time](stations.svg)

    ## Inputs

    | input | value |
    | --- | --- |
    | viewers | 50,000 |

    ## Assumed, because the scenario does not say

    | key | value |
    | --- | --- |
    | pool.api\_pg.acquire\_timeout | 30s |

    ## Method

    - Runs: 16 replications of 60 s (stable)
    - Warm-up: 3 s (MSER-5 on pilot runs)
    - Seed: 1
    - Version: plimsoll 0.1.0, identity 0123456789abcdef
    - Percentiles: merged histogram; intervals by sectioning
    - Again: `plimsoll run browse.toml --seed 1 --replications 16`
    "#);
}
