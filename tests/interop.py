# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a result with h5py and xarray as a user would.

usage: interop.py grid|zip|sobol|one RESULT   (made by interop.sh)
"""
import hashlib
import struct
import sys

import h5py
import numpy
import xarray
import xxhash

# What the dimension scales of HDF5 write by themselves, as fixed-length texts and references.
SCALES = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"}
BARE = b"This is a netCDF dimension but not a netCDF variable"
failed = False


def check(good, text):
    global failed
    if not good:
        print("interop:", text)
        failed = True


def is_bare(item):
    return bytes(item.attrs.get("NAME", b"")).startswith(BARE)


def check_attributes(path, item):
    for name, value in item.attrs.items():
        if name in SCALES:
            continue
        if isinstance(value, (bytes, numpy.bytes_)):
            check(False, f"{path}@{name} is {type(value).__name__}, not str")
        if isinstance(value, numpy.ndarray) and value.dtype.kind in "OS":
            check(all(isinstance(v, str) for v in value), f"{path}@{name}: not all str")


def check_column(path, item):
    if is_bare(item):
        return
    check("long_name" in item.attrs, f"{path} has no long_name")
    if item.dtype.kind in "fiu":
        check(item.attrs.get("units", "") != "", f"{path} has no units")
    if item.dtype == numpy.int8:
        words = item.attrs["words"]
        check(len(words) == len(item.attrs["flag_values"]), f"{path}: words and values")
        check(len(item.attrs["flag_meanings"].split()) == len(words), f"{path}: meanings")
        check(item[()].max(initial=0) < len(words), f"{path}: a code without word")
    if item.attrs.get("CLASS") == b"DIMENSION_SCALE":
        return
    for k, dimension in enumerate(item.dims):
        check(len(dimension.keys()) == 1, f"{path}: dimension {k} has no scale")
        check(dimension.label != "", f"{path}: dimension {k} has no name")


def check_tables(file):
    entry = file[file.attrs["default"]]
    check(entry.attrs["NX_class"] == "NXentry", "/entry is no NXentry")
    check(entry.attrs["default"] in entry, "the default table is missing")
    for name, table in entry.items():
        check(table.attrs["NX_class"] == "NXdata", f"{name} is no NXdata")
        check(table.attrs["signal"] in table, f"{name}: the signal is missing")
        for axis in table.attrs["axes"]:
            check(axis == "." or axis in table, f"{name}: the axis {axis} is missing")
        for column, item in table.items():
            check_column(f"{name}/{column}", item)


# ---- the digest, from doc/file-format.md alone ----------------------------------------


def integer(x):
    return struct.pack("<q", x)


def text(s):
    raw = s.encode("utf-8")
    return integer(len(raw)) + raw


def column_type(item):
    if item.dtype == numpy.float64:
        return "real"
    if item.dtype == numpy.int64:
        return "integer"
    return "code" if item.dtype == numpy.int8 else "text"


def column_hash(item):
    hashed = xxhash.xxh3_128()
    if column_type(item) == "text":
        for value in item.asstr()[()].ravel():
            hashed.update(text(value))
    else:
        values = numpy.array(item[()]).ravel()
        if column_type(item) == "real":
            values[numpy.isnan(values)] = numpy.nan
        hashed.update(values.astype(values.dtype.newbyteorder("<")).tobytes())
    return hashed.hexdigest()


def table_bytes(name, table, timed):
    items = [(n, i) for n, i in table.items()
             if not is_bare(i) and not (timed and n == "seconds")]
    axes = list(table.attrs["axes"])
    sizes = items[-1][1].shape
    yield text(name) + integer(len(axes)) + integer(len(items))
    yield b"".join(integer(n) for n in sizes)
    for column, item in items:
        words = item.attrs.get("words", [])
        yield text(column) + text(column_type(item)) + text(item.attrs.get("units", ""))
        yield integer(len(words)) + b"".join(text(w) for w in words)
        yield integer(item.size) + text(column_hash(item))


def digest(file):
    entry = file["entry"]
    sha = hashlib.sha256(integer(1) + text(entry.attrs["study"]))
    sha.update(integer(entry.attrs["points"]) + integer(len(entry)))
    for name, table in entry.items():
        for part in table_bytes(name, table, name == entry.attrs["points_table"]):
            sha.update(part)
    return sha.hexdigest()


# ---- whole files ----------------------------------------------------------------------


def check_file(path):
    with h5py.File(path, "r") as file:
        check_attributes("/", file)
        file.visititems(check_attributes)
        check(file.attrs["Conventions"] == "CF-1.10", "Conventions")
        check_tables(file)
        text = file["provenance/scenario"].asstr()[()]
        check("study: pull.simulate" in text, "the scenario is not in /provenance")
        check(file["provenance"].attrs["digest"] == digest(file), "the digest is another")
        points = file["entry/points"]
        check(points["status"].shape == (file["entry"].attrs["points"],), "points.status")
        check(all(isinstance(m, str) for m in points["message"].asstr()[:]), "messages")
        check(bool((points["status"][:] == 0).all()), "a point failed")


def check_grid(path, engine):
    data = xarray.open_dataset(path, group="entry/summary", engine=engine)
    with h5py.File(path, "r") as file:
        raw = file["entry/summary/mean"][()]
    force = data["mean"]
    check(force.dims == ("wire_material", "wire_diameter", "hook_position"), "dimensions")
    check(force.units == "gf", "units of mean")
    for i, material in enumerate(["Au", "Al"]):
        for j, diameter in enumerate([25.0, 33.0, 50.0]):
            for k in range(13):
                hook = float(f"{0.2 + 0.05 * k:.2f}")
                found = force.sel(wire_material=material, wire_diameter=diameter,
                                  hook_position=hook)
                check(found == raw[i, j, k], f"sel {material} {diameter} {hook}")
    check(data.to_dataframe().shape[0] == 78, "rows of the data frame")
    modes = xarray.open_dataset(path, group="entry/modes", engine=engine)
    check(modes.share.dims == ("modes_row",), "dimension of modes")
    total = modes.groupby("point").sum().share
    check(numpy.allclose(total, 1) and total.size == 78, "shares of a point")


def check_points(path, engine, n):
    data = xarray.open_dataset(path, group="entry/summary", engine=engine)
    check(data["mean"].dims == ("point",), "dimension of a zipped table")
    check(list(data.point.values) == list(range(n)), "values of point")
    check(data.wire_diameter.units == "um", "units of a swept parameter")
    check(bool((data["mean"] > 0).all()), "forces")
    if "wire_material" in data:
        words = numpy.array(data.wire_material.attrs["words"])
        check(list(words[data.wire_material.values]) == ["Au", "Al", "Au"], "words")
        check(list(data.wire_diameter.values) == [25, 33, 50], "zipped values")


def check_one(path, engine):
    data = xarray.open_dataset(path, group="entry/summary", engine=engine)
    check(dict(data.sizes) == {"point": 1}, "one point")
    pulls = xarray.open_dataset(path, group="entry/pulls", engine=engine)
    check(pulls.force.size == 50, "pulls")


def main():
    kind, path = sys.argv[1:]
    check_file(path)
    engines = [e for e in ("netcdf4", "h5netcdf") if e in xarray.backends.list_engines()]
    for engine in engines:
        if kind == "grid":
            check_grid(path, engine)
        elif kind == "one":
            check_one(path, engine)
        else:
            check_points(path, engine, 3 if kind == "zip" else 16)
    return 1 if failed else 0


sys.exit(main())
