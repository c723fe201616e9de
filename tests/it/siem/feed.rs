//! Against receivers that misbehave as a test wants.

use super::*;
use countersign::siem::ToSiem;
use countersign::siem::file::FileOptions;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::time::timeout;

async fn listen() -> (TcpListener, Transport) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let to = address(listener.local_addr().unwrap().port());
    (listener, Transport::Tcp { to })
}

async fn accept(listener: &TcpListener) -> BufReader<TcpStream> {
    let accepted = timeout(LONG, listener.accept()).await.expect("the feed connects");
    BufReader::new(accepted.unwrap().0)
}

/// The next message, by its count of octets; none at the end of the connection.
async fn message(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut length = 0;
    loop {
        match timeout(LONG, stream.read_u8()).await.expect("the feed sends") {
            Ok(b' ') => break,
            Ok(digit) => length = length * 10 + usize::from(digit - b'0'),
            Err(_) => return None,
        }
    }
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.ok()?;
    Some(String::from_utf8(bytes).unwrap())
}

async fn numbers(stream: &mut (impl AsyncRead + Unpin), last: usize) -> Vec<usize> {
    let mut numbers = Vec::new();
    while numbers.last().is_none_or(|number| *number < last) {
        numbers.push(number(&message(stream).await.expect("the connection stands")));
    }
    numbers
}

fn send(siem: &Siem, numbers: std::ops::Range<usize>) {
    numbers.for_each(|n| siem.send(event(n), ToSiem::SiemAndFile));
}

/// Opens the spool of a feed that has just been dropped: its last step on disk may still be under way.
async fn restart(options: impl Fn() -> SiemOptions) -> (Siem, Arc<Observed>) {
    timeout(LONG, async {
        loop {
            match start(options()) {
                Ok(started) => return started,
                Err(StartError::Spool { source, .. }) if source.kind() == std::io::ErrorKind::ResourceBusy => {
                    tokio::task::yield_now().await;
                }
                Err(problem) => panic!("{problem:?}"),
            }
        }
    })
    .await
    .expect("the lock is given back")
}

#[tokio::test]
async fn a_crash_of_ours_loses_nothing_that_was_on_disk_and_keeps_the_order() {
    let (listener, transport) = listen().await;
    let dir = tempfile::tempdir().unwrap();
    let again = || options(transport.clone(), dir.path());
    let (siem, observed) = start(again()).unwrap();
    send(&siem, 0..100);
    let mut first = numbers(&mut accept(&listener).await, 40).await;
    observed.until(|totals| totals.spooled == 100).await;
    drop(siem);
    let (siem, observed) = restart(again).await;
    send(&siem, 100..150);
    let mut stream = accept(&listener).await;
    let second = numbers(&mut stream, 149).await;
    assert_eq!(second[0], 0, "nothing had settled");
    first.extend(second);
    assert_eq!(in_order(first), 150);
    // A stop in good order leaves nothing to repeat.
    let stop = tokio::spawn(async move { siem.shutdown(LONG).await });
    assert_eq!(message(&mut stream).await, None);
    drop(stream);
    assert_eq!(stop.await.unwrap(), 0);
    assert_eq!(observed.until(|totals| totals.waiting == 0).await.dropped, [].into());
    let (siem, observed) = restart(again).await;
    send(&siem, 150..151);
    assert_eq!(numbers(&mut accept(&listener).await, 150).await, [150]);
    observed.until(|totals| totals.sent == 1).await;
    drop(siem);
}

#[tokio::test]
async fn a_peer_that_hangs_up_again_and_again_gets_everything_in_the_end() {
    let (listener, transport) = listen().await;
    let dir = tempfile::tempdir().unwrap();
    let (siem, _) = start(options(transport, dir.path())).unwrap();
    let mut all = Vec::new();
    for round in 0..5 {
        send(&siem, round * 20..round * 20 + 20);
        let mut stream = accept(&listener).await;
        all.extend(numbers(&mut stream, round * 20).await);
    }
    all.extend(numbers(&mut accept(&listener).await, 99).await);
    assert_eq!(in_order(all), 100);
}

#[tokio::test]
async fn what_has_settled_is_not_sent_again() {
    let (listener, transport) = listen().await;
    let dir = tempfile::tempdir().unwrap();
    let mut quick = options(transport, dir.path());
    quick.forward.as_mut().unwrap().settle = Duration::from_millis(20);
    let (siem, observed) = start(quick).unwrap();
    send(&siem, 0..10);
    let mut stream = accept(&listener).await;
    assert_eq!(numbers(&mut stream, 9).await.len(), 10);
    observed.until(|totals| totals.spooled == 10 && totals.waiting == 0).await;
    drop(stream);
    send(&siem, 10..11);
    assert_eq!(numbers(&mut accept(&listener).await, 10).await, [10]);
}

#[tokio::test]
async fn a_stop_while_the_siem_is_down_is_quick_and_keeps_the_events() {
    let dir = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut patient = options(Transport::Tcp { to: address(port) }, dir.path());
    patient.forward.as_mut().unwrap().backoff = [LONG * 10, LONG * 10];
    let (siem, _) = start(patient).unwrap();
    send(&siem, 0..30);
    assert_eq!(timeout(LONG, siem.shutdown(LONG * 10)).await.expect("no wait for the next try"), 30);
    drop(siem);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let (siem, _) = start(options(Transport::Tcp { to: address(port) }, dir.path())).unwrap();
    assert_eq!(in_order(numbers(&mut accept(&listener).await, 29).await), 30);
    drop(siem);
}

#[tokio::test]
async fn a_stop_while_the_siem_reads_nothing_ends_within_its_bound() {
    let (listener, transport) = listen().await;
    let dir = tempfile::tempdir().unwrap();
    let (siem, observed) = start(options(transport, dir.path())).unwrap();
    let _stream = accept(&listener).await;
    send(&siem, 0..5);
    observed.until(|totals| totals.sent == 5).await;
    // The peer never says that it has read to the end, so all of it counts as not delivered.
    assert_eq!(siem.shutdown(Duration::from_millis(100)).await, 5);
}

#[tokio::test]
async fn a_full_spool_drops_the_oldest_and_the_loss_is_counted() {
    let (listener, transport) = listen().await;
    drop(listener);
    let dir = tempfile::tempdir().unwrap();
    let small = || {
        let mut small = options(transport.clone(), dir.path());
        small.forward.as_mut().unwrap().spool.bytes_max = 256 * 1024;
        small
    };
    let (siem, observed) = start(small()).unwrap();
    send(&siem, 0..2_000);
    let totals = observed.until(|totals| totals.spooled == 2_000).await;
    let dropped = totals.dropped["spool_full"] as usize;
    assert!(dropped > 500 && dropped < 1_900, "{totals:?}");
    assert_eq!(totals.waiting as usize, 2_000 - dropped);
    assert_eq!(siem.shutdown(LONG).await as usize, 2_000 - dropped);
    drop(siem);
    let Transport::Tcp { to } = &transport else { panic!("it is") };
    let port = to.to_string().rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.unwrap();
    let (siem, _) = start(small()).unwrap();
    assert_eq!(numbers(&mut accept(&listener).await, 1_999).await, (dropped..2_000).collect::<Vec<_>>());
    drop(siem);
}

// One thread, so that nothing takes from the queue while this test does not wait.
#[tokio::test]
async fn a_full_queue_never_makes_a_caller_wait_and_the_loss_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut narrow = options(Transport::Tcp { to: address(free_port()) }, dir.path());
    narrow.queue_max = 10;
    let (siem, observed) = start(narrow).unwrap();
    send(&siem, 0..25);
    assert_eq!(observed.0.borrow().dropped, [("queue_full", 15)].into());
    assert_eq!(observed.until(|totals| totals.spooled == 10).await.waiting, 10);
    assert_eq!(siem.shutdown(LONG).await, 10);
    send(&siem, 25..26);
    assert_eq!(observed.0.borrow().dropped, [("queue_full", 16)].into(), "after the stop nothing is taken");
}

#[tokio::test]
async fn the_action_code_decides_where_an_event_goes() {
    let (listener, transport) = listen().await;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("siem.cef");
    let mut both = options(transport, dir.path());
    both.file = Some(FileOptions { path: path.clone(), rotate_bytes: 1 << 20, keep: 1 });
    let (siem, _) = start(both).unwrap();
    let ways = [ToSiem::Nowhere, ToSiem::FileOnly, ToSiem::SiemAndFile, ToSiem::Nowhere, ToSiem::SiemAndFile];
    ways.iter().enumerate().for_each(|(n, to)| siem.send(event(n), *to));
    let mut stream = accept(&listener).await;
    let first = message(&mut stream).await.unwrap();
    let head = "<84>1 2026-01-01T12:00:00.000Z otp1.bank.example countersign 4711 BNE-1003 - CEF:0|Countersign|";
    assert!(first.starts_with(head), "{first}");
    assert_eq!((number(&first), numbers(&mut stream, 4).await), (2, vec![4]));
    stream.shutdown().await.unwrap();
    drop(stream);
    drop(listener);
    siem.shutdown(LONG).await;
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.lines().all(|line| line.starts_with("CEF:0|Countersign|")), "{text}");
    assert_eq!(text.lines().map(number).collect::<Vec<_>>(), [1, 2, 4]);
}

#[tokio::test]
async fn a_log_file_that_cannot_be_written_costs_the_siem_nothing() {
    let (listener, transport) = listen().await;
    let dir = tempfile::tempdir().unwrap();
    let logs = dir.path().join("logs");
    std::fs::create_dir(&logs).unwrap();
    let mut both = options(transport, dir.path());
    both.file = Some(FileOptions { path: logs.join("siem.cef"), rotate_bytes: 1 << 20, keep: 1 });
    let (siem, observed) = start(both).unwrap();
    std::fs::remove_dir_all(&logs).unwrap();
    send(&siem, 0..3);
    assert_eq!(numbers(&mut accept(&listener).await, 2).await, [0, 1, 2]);
    assert_eq!(observed.until(|totals| !totals.dropped.is_empty()).await.dropped, [("log_file", 3)].into());
}

#[tokio::test]
async fn a_datagram_is_never_longer_than_configured_and_keeps_every_field() {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let to = Address::parse(&socket.local_addr().unwrap().to_string()).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut small = options(Transport::Udp { to, datagram_max: 1400 }, dir.path());
    small.forward.as_mut().unwrap().message_max = 1400;
    let (siem, _) = start(small).unwrap();
    let mut long = event(0);
    long.reported.user_agent = "Mozilla/5.0 = ".repeat(700);
    long.reported.host_name = "h".repeat(10_000);
    siem.send(long, ToSiem::SiemAndFile);
    let mut bytes = [0; 65_535];
    let length = timeout(LONG, socket.recv(&mut bytes)).await.expect("it arrives").unwrap();
    let text = std::str::from_utf8(&bytes[..length]).unwrap();
    assert!(length <= 1400 && length > 800, "{length}");
    for part in [" requestClientApplication=Mozilla/5.0 \\= ", " dhost=hhh", "… cn1=3 cn1Label=durationMillis"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[tokio::test]
async fn a_spool_in_use_and_a_file_in_no_directory_stop_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let again = || options(Transport::Tcp { to: address(free_port()) }, dir.path());
    let (_siem, _) = start(again()).unwrap();
    let second = start(again()).err().expect("two servers would send everything twice");
    assert!(matches!(second, StartError::Spool { .. }), "{second}");
    let mut homeless = again();
    let path = dir.path().join("nowhere/siem.cef");
    homeless.file = Some(FileOptions { path: path.clone(), rotate_bytes: 1 << 20, keep: 1 });
    let problem = start(homeless).err().expect("there is no such directory");
    assert_eq!(problem.to_string(), format!("cannot open the SIEM log file {}", path.display()));
}
