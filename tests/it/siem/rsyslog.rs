//! Against a real rsyslog.

use super::{address, event, free_port, in_order, number, options, start};
use crate::support::rsyslog::{Input, Rsyslog, program};
use crate::support::tls::ClientPki;
use countersign::siem::ToSiem;
use countersign::siem::cef::{Outcome, Reported, ValidationEvent};
use countersign::siem::syslog::Transport;
use std::path::Path;
use std::time::Duration;

/// Each way, by itself.
fn ways(pki: &ClientPki) -> [(Input<'_>, u16, Transport); 3] {
    let [udp, tcp, tls] = [free_port(), free_port(), free_port()];
    let input = Input::Tls { certificate: &pki.server, key: &pki.server_key, authority: &pki.authority };
    [
        (Input::Udp, udp, Transport::Udp { to: address(udp), datagram_max: 8192 }),
        (Input::Tcp, tcp, Transport::Tcp { to: address(tcp) }),
        (input, tls, pki.transport(address(tls))),
    ]
}

fn hostile() -> Vec<ValidationEvent> {
    let long = "ab\\=|\r\n ".repeat(1_250);
    let values = [
        "one\ntwo\r\nthree\n\n",
        "<13>1 2026-01-01T00:00:00Z evil evil - - - CEF:0|evil|evil|1|1|evil|10|",
        "99 <13>1 - - - - - -",
        "a|b|c\\|=\\=\\",
        " externalId=r-99999 outcome=success",
        "\u{202e}txet neddih\u{202c} \u{2028}\u{85}\u{7f}",
        "שלום مرحبا 漢字 ñ 🦀",
        "nul\0 bell\u{7} escape\u{1b}[2J",
        long.as_str(),
        "",
    ];
    let all = |value: &str| Reported {
        application_name: value.into(),
        application_platform_name: value.into(),
        data_center_location: value.into(),
        destination_ip_address: value.into(),
        destination_port: value.into(),
        hardware_id: value.into(),
        host_name: value.into(),
        legal_representative_id: value.into(),
        user_agent: value.into(),
        user_id: value.into(),
        alias_name: value.into(),
        user_id_type: value.into(),
        ip_address: value.into(),
        operation_date: None,
    };
    let events = values.iter().enumerate().map(|(n, value)| ValidationEvent { reported: all(value), ..event(n) });
    events.collect()
}

#[tokio::test]
async fn rsyslog_gets_hostile_values_as_one_event_each_on_every_way() {
    let Some(program) = program() else { return };
    let pki = ClientPki::make();
    for (input, port, transport) in ways(&pki) {
        let dir = tempfile::tempdir().unwrap();
        let mut rsyslog = Rsyslog::start(&program, &input, port);
        let (siem, _) = start(options(transport, dir.path())).unwrap();
        let events = hostile();
        for event in &events {
            siem.send(event.clone(), ToSiem::SiemAndFile);
        }
        let mut seen = 0;
        while seen < events.len() {
            let line = rsyslog.line().await;
            let n = number(&line);
            // The first datagrams may be sent before rsyslog is there, and again.
            assert!(n <= seen, "{line}");
            seen = seen.max(n + 1);
            let [priority, time, app, id, text] = line.splitn(5, '|').collect::<Vec<_>>()[..] else { panic!("{line}") };
            let signature = Outcome::ALL[n].signature();
            let expected = match signature.severity {
                ..=3 => "86",
                4..=6 => "85",
                _ => "84",
            };
            let header = (expected, "2026-01-01T12:00:00.000Z", "countersign", signature.id);
            assert_eq!((priority, time, app, id), header, "{line}");
            assert_eq!(text.trim_start(), events[n].line(text.trim_start().len()), "whole, and nothing else");
            assert!(line.len() < 8192, "{} bytes", line.len());
        }
        assert_eq!(siem.shutdown(super::LONG).await, 0);
    }
}

/// Down at the start, killed in the middle, back again: nothing is missing, and nothing comes before its turn.
async fn survives(program: &Path, input: &Input<'_>, port: u16, transport: Transport) {
    const PART: usize = 400;
    let dir = tempfile::tempdir().unwrap();
    let (siem, observed) = start(options(transport, dir.path())).unwrap();
    let send = |from: usize| (from..from + PART).for_each(|n| siem.send(event(n), ToSiem::SiemAndFile));
    send(0);
    observed.until(|totals| totals.spooled == PART as u64).await;
    let mut rsyslog = Rsyslog::start(program, input, port);
    let mut numbers = Vec::new();
    while numbers.last().is_none_or(|last| *last < PART / 2) {
        numbers.push(number(&rsyslog.line().await));
    }
    send(PART);
    numbers.extend(rsyslog.kill().await.iter().map(|line| number(line)));
    send(2 * PART);
    observed.until(|totals| totals.spooled == 3 * PART as u64).await;
    let mut rsyslog = Rsyslog::start(program, input, port);
    while numbers.last().is_none_or(|last| *last < 3 * PART - 1) {
        numbers.push(number(&rsyslog.line().await));
    }
    assert_eq!(in_order(numbers), 3 * PART);
    assert_eq!(siem.shutdown(super::LONG).await, 0);
    assert_eq!(observed.until(|totals| totals.waiting == 0).await.dropped, [].into());
}

#[tokio::test]
async fn rsyslog_gets_all_events_in_order_although_it_was_down_and_killed() {
    let Some(program) = program() else { return };
    let pki = ClientPki::make();
    let [_, (tcp, port, transport), (tls, tls_port, tls_transport)] = ways(&pki);
    survives(&program, &tcp, port, transport).await;
    survives(&program, &tls, tls_port, tls_transport).await;
}

#[tokio::test]
async fn rsyslog_refuses_a_client_without_a_certificate_and_the_events_wait() {
    let Some(program) = program() else { return };
    let pki = ClientPki::make();
    let [_, _, (input, port, transport)] = ways(&pki);
    let _rsyslog = Rsyslog::start(&program, &input, port);
    let dir = tempfile::tempdir().unwrap();
    let mut stranger = options(pki.transport_without_certificate(address(port)), dir.path());
    stranger.forward.as_mut().unwrap().settle = Duration::from_secs(10);
    let (siem, observed) = start(stranger).unwrap();
    siem.send(event(0), ToSiem::SiemAndFile);
    observed.until(|totals| totals.sent >= 3).await;
    assert_eq!(siem.shutdown(super::LONG).await, 1, "written again and again, never done with");
    drop(siem);
    // The same spool with a certificate.
    let (siem, observed) = start(options(transport, dir.path())).unwrap();
    observed.until(|totals| totals.sent == 1).await;
    assert_eq!(siem.shutdown(super::LONG).await, 0);
}
