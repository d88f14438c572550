from hashlib import sha256

import numpy as np

from rushes.marking.pattern import MOST_WAVES, drawn_pattern, tile_of, tiles_in, waves_of
from rushes.marking.payload import CODED, coded_record


def pattern(record=5, key=b"key", size=(540, 960)):
    tile = tile_of(key)
    return drawn_pattern(tile, waves_of(tile, coded_record(record, key)), size)


def test_the_tile_of_a_key_is_the_same_for_ever():
    tile = tile_of(b"key")
    whole = [tile.down, tile.across, np.sign(tile.turn.real), np.sign(tile.turn.imag), *tile.bit.T]
    digest = sha256(np.stack(whole, 1).astype(">i4").tobytes()).hexdigest()
    assert digest == "a0c6ae6ad1de76381fe711422a5013732a986ea21e4cc7959a6c79e9a9e5ba60"


def test_every_bit_is_carried_as_often_as_any_other_and_by_long_waves_and_short_ones():
    tile = tile_of(b"key")
    times = np.bincount(tile.bit[~tile.pilot].ravel(), minlength=CODED)
    assert times.max() - times.min() <= 1
    assert times.min() == 10
    for bit in (0, 100, 383):
        waves = tile.waves[(tile.bit == bit).any(1)]
        assert waves.min() < 16 < 38 < waves.max()


def test_a_pattern_is_noise_without_a_mean_that_repeats_four_times_along_the_shorter_side():
    drawn = pattern()
    assert abs(drawn.mean()) < 0.01 and abs(drawn.std() - 1) < 1e-3
    np.testing.assert_allclose(drawn[:-135], drawn[135:], atol=2e-3)
    np.testing.assert_allclose(drawn[:, :-135], drawn[:, 135:], atol=2e-3)
    assert tiles_in((1920, 1080)) == (4 * 1920 / 1080, 4)


def test_patterns_of_two_keys_have_nothing_in_common_and_of_two_records_only_the_pilot():
    drawn, size = pattern(), 540 * 960
    assert abs((drawn * pattern(key=b"kez")).sum() / size) < 0.06
    assert 0.15 < (drawn * pattern(record=6)).sum() / size < 0.75


def test_no_wave_is_drawn_that_a_small_picture_cannot_show():
    tile = tile_of(b"key")
    drawn = pattern(size=(200, 300))
    most = np.abs(np.fft.fft2(drawn))[:101]
    share = (most[: int(0.46 * 200)] ** 2).sum() / (most**2).sum()
    assert share > 0.99 and MOST_WAVES * 4 / 200 > 0.5 and tile.waves.max() > 41
