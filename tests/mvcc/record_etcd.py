#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Raftarium authors
"""Records what a real etcd answers to a random mix of operations, for test_mvcc_conformance.

usage: record_etcd.py OUT.jsonl [SEED [COUNT]]   (needs etcd and etcdctl 3.4 in the PATH)

One JSON object a line: {"call": path, "request": gateway request, "response": gateway response}, and for hashes
{"call": "hashkv", "rev": R, "hash": H, "compact_revision": C}; last the whole history as one watch sees it.
"""
import base64, json, os, random, shutil, socket, subprocess, sys, tempfile, time, urllib.error, urllib.request

def b64(text):
    return base64.b64encode(text.encode("latin-1")).decode()

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]

class Etcd:
    def __init__(self):
        self.dir = tempfile.mkdtemp()
        client, peer = free_port(), free_port()
        self.url, peer_url = f"http://127.0.0.1:{client}", f"http://127.0.0.1:{peer}"
        self.log = open(os.path.join(self.dir, "log"), "w")
        self.process = subprocess.Popen(
            ["etcd", "--data-dir", os.path.join(self.dir, "data"), "--listen-client-urls", self.url,
             "--advertise-client-urls", self.url, "--listen-peer-urls", peer_url,
             "--initial-advertise-peer-urls", peer_url, "--initial-cluster", "default=" + peer_url],
            stdout=self.log, stderr=self.log)
        while True:
            try:
                if b"true" in urllib.request.urlopen(self.url + "/health").read():
                    return
            except OSError:
                time.sleep(0.05)

    def call(self, path, request):
        data = json.dumps(request).encode()
        try:
            answer = urllib.request.urlopen(urllib.request.Request(self.url + path, data, method="POST")).read()
        except urllib.error.HTTPError as error:
            answer = error.read()
        response = json.loads(answer)
        response.get("header", {}).pop("cluster_id", None)
        response.get("header", {}).pop("member_id", None)
        response.get("header", {}).pop("raft_term", None)
        return response

    def hash_kv(self, revision):
        run = subprocess.run(["etcdctl", "--endpoints", self.url, "endpoint", "hashkv", "--rev", str(revision), "-w", "json"],
                             env={**os.environ, "ETCDCTL_API": "3"}, capture_output=True, text=True)
        if run.returncode != 0:
            return None
        return json.loads(run.stdout)[0]["HashKV"]

    def watch_history(self, start, last_revision):
        body = {"create_request": {"key": b64("\0"), "range_end": b64("\0"), "start_revision": str(start), "prev_kv": True}}
        stream = urllib.request.urlopen(urllib.request.Request(self.url + "/v3/watch", json.dumps(body).encode(), method="POST"))
        events = []
        while not events or int(events[-1]["kv"]["mod_revision"]) < last_revision:
            events += json.loads(stream.readline())["result"].get("events", [])
        stream.close()
        return events

    def stop(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.dir)

class Mix:
    KEYS = ["a", "a1", "a2", "ab", "b", "b1", "b\xff", "c", "c0", "\0", "\xff"]

    def __init__(self, rng):
        self.rng, self.revision, self.leases = rng, 1, []

    def key(self):
        return self.rng.choice(self.KEYS)

    def range(self, out):
        out["key"] = b64(self.key())
        kind = self.rng.randrange(6)
        if kind == 0: out["range_end"] = b64("\0")
        elif kind == 1: out["range_end"] = b64(self.key())
        elif kind == 2: out.update(key=b64("\0"), range_end=b64("\0"))
        return out

    def lease(self):
        return str(self.rng.choice(self.leases + [99]))

    def put(self):
        out = {"key": b64(self.key())}
        if self.rng.random() < 0.9: out["value"] = b64("v%d" % self.rng.randrange(50))
        if self.rng.random() < 0.2: out["lease"] = self.lease()
        if self.rng.random() < 0.2: out["prev_kv"] = True
        if self.rng.random() < 0.1:
            out["ignore_value"] = True
            if self.rng.random() < 0.8: out.pop("value", None)
        if self.rng.random() < 0.1:
            out["ignore_lease"] = True
            if self.rng.random() < 0.8: out.pop("lease", None)
        return out

    def delete(self):
        out = self.range({})
        if self.rng.random() < 0.3: out["prev_kv"] = True
        return out

    def get(self):
        rng, out = self.rng, self.range({})
        if rng.random() < 0.3: out["limit"] = str(rng.randrange(1, 5))
        if rng.random() < 0.4: out["revision"] = str(rng.randrange(-2, self.revision + 2))
        # Ties have no order of their own in a sort: only targets without any.
        if rng.random() < 0.4:
            out["sort_order"] = rng.choice(["NONE", "ASCEND", "DESCEND"])
            out["sort_target"] = rng.choice(["KEY", "MOD"])
        if rng.random() < 0.1: out["keys_only"] = True
        if rng.random() < 0.1: out["count_only"] = True
        for name in ["min_mod_revision", "max_mod_revision", "min_create_revision", "max_create_revision"]:
            if rng.random() < 0.1: out[name] = str(rng.randrange(1, self.revision + 2))
        return out

    def compare(self):
        rng, out = self.rng, {}
        out["key"] = b64(self.key())
        if rng.random() < 0.3: out["range_end"] = b64(rng.choice(["\0", "b", "d"]))
        out["result"] = rng.choice(["EQUAL", "GREATER", "LESS", "NOT_EQUAL"])
        out["target"] = rng.choice(["VERSION", "CREATE", "MOD", "VALUE", "LEASE"])
        field = {"VERSION": "version", "CREATE": "create_revision", "MOD": "mod_revision", "LEASE": "lease"}.get(out["target"])
        if rng.random() < 0.9:
            if field is None: out["value"] = b64("v%d" % rng.randrange(50))
            else: out[field] = str(rng.choice([0, 1, 2, rng.randrange(self.revision + 1)]))
        return out

    def operation(self, depth):
        kind = self.rng.randrange(10)
        if kind < 4: return {"request_put": self.put()}
        if kind < 6:
            delete = self.delete()
            # A put with an ignore flag after a delete to the end of the key space in the same txn ends etcd 3.4.23.
            if delete.get("range_end") == b64("\0"): del delete["range_end"]
            return {"request_delete_range": delete}
        if kind < 9 or depth == 2: return {"request_range": self.get()}
        return {"request_txn": self.txn(depth + 1)}

    def txn(self, depth=0):
        several = lambda make, most: [make() for _ in range(self.rng.randrange(most))]
        return {"compare": several(self.compare, 3), "success": several(lambda: self.operation(depth), 4),
                "failure": several(lambda: self.operation(depth), 4)}

    def next(self):
        kind = self.rng.random()
        if kind < 0.3: return "/v3/kv/put", self.put()
        if kind < 0.4: return "/v3/kv/deleterange", self.delete()
        if kind < 0.6: return "/v3/kv/range", self.get()
        if kind < 0.9: return "/v3/kv/txn", self.txn()
        if kind < 0.93: return "/v3/kv/compaction", {"revision": str(self.rng.randrange(-1, self.revision + 2)), "physical": True}
        if kind < 0.97: return "/v3/lease/grant", {"ID": str(self.rng.randrange(1, 12)), "TTL": str(self.rng.choice([-5, 0, 1, 3600, 9000000001]))}
        return "/v3/lease/revoke", {"ID": self.lease()}

def main():
    out_path, seed, count = sys.argv[1], int((sys.argv + ["", "1"])[2] or 1), int((sys.argv + [""] * 2)[3] or 1500)
    mix, compacted = Mix(random.Random(seed)), -1
    etcd = Etcd()
    try:
        with open(out_path, "w") as out:
            write = lambda item: out.write(json.dumps(item, separators=(",", ":"), sort_keys=True) + "\n")
            for i in range(count):
                path, request = mix.next()
                # Short leases would end while recording; there is no time in the replay.
                if path == "/v3/lease/grant" and request["TTL"] in ("-5", "0", "1"): request["TTL"] = "7200"
                response = etcd.call(path, request)
                write({"call": path, "request": request, "response": response})
                mix.revision = max(mix.revision, int(response.get("header", {}).get("revision", 0)))
                if "error" not in response:
                    if path == "/v3/lease/grant": mix.leases.append(int(request["ID"]))
                    if path == "/v3/lease/revoke": mix.leases.remove(int(request["ID"]))
                    if path == "/v3/kv/compaction": compacted = int(request["revision"])
                if i % 50 == 49:
                    for revision in (0, mix.rng.randrange(max(compacted, 0), mix.revision + 1)):
                        kv = etcd.hash_kv(revision)
                        if kv: write({"call": "hashkv", "rev": revision, "hash": kv["hash"], "compact_revision": kv["compact_revision"]})
            start = max(compacted, 1) + 1
            write({"call": "watch", "start": start, "events": etcd.watch_history(start, mix.revision)})
    finally:
        etcd.stop()

main()
