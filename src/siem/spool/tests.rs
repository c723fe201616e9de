use super::*;
use chrono::TimeZone;
use std::os::unix::fs::PermissionsExt;
use tempfile::TempDir;

fn at(hour: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 1, 1, 0, 0, 0).unwrap() + TimeDelta::hours(hour)
}

fn options(dir: &TempDir) -> SpoolOptions {
    SpoolOptions {
        directory: dir.path().join("spool"),
        bytes_max: 64 * 1024,
        age_max: TimeDelta::hours(24),
        sync_every: Duration::from_secs(1),
    }
}

fn open(dir: &TempDir) -> Spool {
    Spool::open(options(dir)).unwrap().0
}

fn append(spool: &mut Spool, numbers: std::ops::Range<u32>) -> u64 {
    let messages: Vec<_> = numbers.map(|n| format!("event {n} {}", "x".repeat(80)).into_bytes()).collect();
    messages.chunks(10).map(|messages| spool.append(at(0), messages).unwrap()).sum()
}

/// Everything there is to read: the events' numbers, and how many were damaged.
fn drain(spool: &mut Spool) -> (Vec<u32>, u64) {
    let (mut events, mut damaged) = (Vec::new(), 0);
    loop {
        let batch = spool.read();
        damaged += batch.damaged;
        if batch.records.is_empty() {
            return (events, damaged);
        }
        for record in batch.records {
            let text = String::from_utf8(record.message).unwrap();
            events.push(text.split(' ').nth(1).unwrap().parse().unwrap());
        }
    }
}

fn segments(dir: &TempDir) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir.path().join("spool")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.to_string_lossy().ends_with(ENDING)).collect();
    files.sort();
    files
}

#[test]
fn records_come_back_in_order_until_they_are_confirmed_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    append(&mut spool, 0..200);
    assert_eq!(drain(&mut spool), ((0..200).collect(), 0));
    append(&mut spool, 200..250);
    assert_eq!(drain(&mut spool), ((200..250).collect(), 0), "what was read is not read again");
    spool.confirm(120).unwrap();
    spool.rewind();
    assert_eq!(drain(&mut spool), ((120..250).collect(), 0), "unless it has to be");
    drop(spool);

    let mut spool = open(&dir);
    append(&mut spool, 250..260);
    assert_eq!(drain(&mut spool), ((120..260).collect(), 0));
    assert_eq!(spool.pending(), 140);
    spool.confirm(260).unwrap();
    assert_eq!((spool.pending(), spool.bytes(), segments(&dir).len()), (0, 0, 0), "nothing lies around");
    drop(spool);
    let mut spool = open(&dir);
    append(&mut spool, 260..261);
    assert_eq!(drain(&mut spool), (vec![260], 0), "numbers go on where they were");
}

#[test]
fn a_record_cut_off_by_a_crash_costs_no_other() {
    let dir = tempfile::tempdir().unwrap();
    append(&mut open(&dir), 0..3);
    let file = &segments(&dir)[0];
    let whole = fs::read(file).unwrap();
    for length in (2 * whole.len() / 3)..whole.len() {
        fs::write(file, &whole[..length]).unwrap();
        let (mut spool, damaged) = Spool::open(options(&dir)).unwrap();
        assert_eq!(damaged as usize, length - 2 * whole.len() / 3);
        assert_eq!(drain(&mut spool), (vec![0, 1], 0));
    }
    let mut spool = open(&dir);
    append(&mut spool, 3..5);
    assert_eq!(drain(&mut spool), (vec![0, 1, 3, 4], 0));
}

#[test]
fn a_flipped_bit_anywhere_costs_one_record_and_is_counted_once() {
    let dir = tempfile::tempdir().unwrap();
    append(&mut open(&dir), 0..3);
    let file = &segments(&dir)[0];
    let whole = fs::read(file).unwrap();
    let one = whole.len() / 3;
    for bit in (0..one * 8).step_by(3) {
        let mut bytes = whole.clone();
        bytes[one + bit / 8] ^= 1 << (bit % 8);
        fs::write(file, bytes).unwrap();
        let mut spool = open(&dir);
        assert_eq!(drain(&mut spool), (vec![0, 2], 1), "bit {bit}");
        spool.rewind();
        assert_eq!(drain(&mut spool), (vec![0, 2], 0), "bit {bit}");
    }
}

#[test]
fn a_segment_of_rubbish_or_one_that_is_gone_is_skipped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    append(&mut spool, 0..300);
    let files = segments(&dir);
    assert!(files.len() > 3, "{files:?}");
    let held = |n: usize| number(files[n].file_name().unwrap().to_str().unwrap()).unwrap() as u32;
    let expected: Vec<u32> = (0..held(1)).chain(held(2)..300).collect();

    fs::remove_file(&files[1]).unwrap();
    assert_eq!(drain(&mut spool), (expected.clone(), (held(2) - held(1)).into()), "while it is open");
    drop(spool);
    fs::write(&files[1], vec![0xf5; 5000]).unwrap();
    let (mut spool, damaged) = Spool::open(options(&dir)).unwrap();
    assert_eq!(damaged, 5000);
    assert_eq!(drain(&mut spool), (expected, (held(2) - held(1)).into()), "at a start");
}

#[test]
fn a_full_spool_drops_the_oldest_and_says_how_many() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    let dropped = append(&mut spool, 0..2_000);
    assert!(spool.bytes() <= 64 * 1024, "{}", spool.bytes());
    let (events, damaged) = drain(&mut spool);
    assert_eq!((events.clone(), damaged), ((dropped as u32..2_000).collect(), 0));
    assert!(events.len() > 400, "only as many as have to go: {} are left", events.len());
    assert_eq!(append(&mut spool, 0..100), 0, "what was read is not lost");
    assert!(segments(&dir).iter().map(|file| fs::metadata(file).unwrap().len()).sum::<u64>() <= 64 * 1024);
}

#[test]
fn events_that_are_too_old_go() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    append(&mut spool, 0..5);
    drop(spool);
    let mut spool = open(&dir);
    spool.append(at(20), &[b"event 5".to_vec()]).unwrap();
    assert_eq!(spool.expire(at(24)), 0);
    assert_eq!(spool.expire(at(25)), 5);
    assert_eq!(drain(&mut spool), (vec![5], 0));
    assert_eq!((spool.expire(at(45)), spool.pending()), (0, 0));
    append(&mut spool, 6..8);
    assert_eq!(drain(&mut spool), (vec![6, 7], 0));
}

#[test]
fn a_damaged_or_lost_cursor_repeats_events_and_loses_none() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    append(&mut spool, 0..10);
    spool.confirm(5).unwrap();
    drop(spool);
    let cursor = dir.path().join("spool/cursor");
    for damage in [&b""[..], b"\xff\xff\xff\xff\xff\xff\xff\xff0000"] {
        fs::write(&cursor, damage).unwrap();
        assert_eq!(drain(&mut open(&dir)), ((0..10).collect(), 0));
    }
    fs::remove_file(&cursor).unwrap();
    assert_eq!(drain(&mut open(&dir)), ((0..10).collect(), 0));
}

#[test]
fn a_disk_that_takes_nothing_is_an_error_and_no_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    append(&mut spool, 0..3);
    // The next segment's name is taken by something that is no file.
    drop(spool);
    let mut spool = open(&dir);
    let next = spool.path(3);
    fs::create_dir(&next).unwrap();
    assert!(spool.append(at(0), &[b"event 3".to_vec()]).is_err());
    fs::remove_dir(&next).unwrap();
    append(&mut spool, 4..6);
    assert_eq!(drain(&mut spool), (vec![0, 1, 2, 4, 5], 0));
}

#[test]
fn one_server_at_a_time_and_nobody_else_reads() {
    let dir = tempfile::tempdir().unwrap();
    let mut spool = open(&dir);
    append(&mut spool, 0..1);
    spool.confirm(0).unwrap();
    append(&mut spool, 1..2);
    spool.confirm(1).unwrap();
    let problem = Spool::open(options(&dir)).err().expect("it is in use");
    assert_eq!(problem.to_string(), "another server uses it");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&dir.path().join("spool")), 0o700);
    for entry in fs::read_dir(dir.path().join("spool")).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
