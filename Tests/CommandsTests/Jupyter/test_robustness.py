"""Clients that die, lie, shout and interrupt. JUPYTER_PATH names where the kernel is installed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import zmq
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.session import Session

TRAINING = """
data = toys "small" train=4 val=2 test=0 size=32
nano = load "yolov8n.yaml"
run = train nano data=data epochs=%d imgsz=32 batch=2 patience=0 name="%s"
"""


class RobustnessTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.km = KernelManager(kernel_name="yolos")
        # A folder of its own: what an earlier run has cached would not be trained again.
        cls.folder = tempfile.TemporaryDirectory()
        cls.km.start_kernel(cwd=cls.folder.name)
        cls.kc = cls.client(cls)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()
        cls.km.shutdown_kernel(now=False)
        cls.folder.cleanup()

    def client(self):
        client = self.km.blocking_client()
        client.start_channels()
        client.wait_for_ready(timeout=60)
        return client

    def socket(self, kind=zmq.DEALER, port="shell_port"):
        info = self.km.get_connection_info()
        socket = zmq.Context.instance().socket(kind)
        socket.linger = 0
        socket.connect(f"tcp://{info['ip']}:{info[port]}")
        return socket

    def assert_alive(self, client=None):
        client = client or self.kc
        reply = client.execute("1 + 1", reply=True, timeout=60)
        self.assertEqual(reply["content"]["status"], "ok")

    def run_cell(self, code, timeout=120, client=None):
        shown = []
        reply = (client or self.kc).execute_interactive(
            code, timeout=timeout, output_hook=shown.append)
        return reply["content"], shown

    def test_half_messages(self):
        for port in ("shell_port", "control_port", "stdin_port", "hb_port"):
            socket = self.socket(port=port)
            for frames in ([b""], [b"x"], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", b"{}"],
                           [b"<IDS|MSG>"] + [b"\xff" * 100] * 5, [b"a"] * 300):
                socket.send_multipart(frames)
            socket.close()
        self.assert_alive()

    def test_wrong_signatures(self):
        session = Session(key=b"wrong")
        socket = self.socket(port="control_port")
        for kind in ("shutdown_request", "interrupt_request", "kernel_info_request"):
            session.send(socket, kind, content={"restart": False})
        self.assertEqual(socket.poll(500), 0, "nobody answers")
        socket.close()
        self.assert_alive()

    def test_a_message_that_comes_twice(self):
        session = Session(key=self.km.session.key)
        socket = self.socket(port="control_port")
        frames = session.serialize(session.msg("kernel_info_request"))
        socket.send_multipart(frames)
        self.assertTrue(socket.poll(5000))
        socket.recv_multipart()
        socket.send_multipart(frames)
        self.assertEqual(socket.poll(500), 0)
        socket.close()

    def test_100_megabytes(self):
        reply = self.kc.execute("x = " + "1" * 100_000_000, reply=True, timeout=120)
        self.assertEqual(reply["content"]["status"], "error")
        self.assertIn("at most", reply["content"]["evalue"])
        self.assert_alive()

    def test_a_long_text_that_is_taken(self):
        reply = self.kc.execute('x = "' + "a" * 5_000_000 + '"', reply=True, timeout=120)
        self.assertEqual(reply["content"]["status"], "ok", reply["content"])

    def test_two_clients(self):
        one, two = self.client(), self.client()
        names = [(c, c.execute(f"v{i} = {i}")) for i in range(20) for c in (one, two)]
        for client, name in names:
            while True:
                reply = client.get_shell_msg(timeout=60)
                if reply["parent_header"]["msg_id"] == name:
                    break
            self.assertEqual(reply["content"]["status"], "ok")
        one.stop_channels()
        two.stop_channels()

    def test_a_client_that_is_killed(self):
        code = f"""
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient()
client.load_connection_file({self.km.connection_file!r})
client.start_channels()
client.wait_for_ready(timeout=60)
client.execute("for i in range(20000) {{ print i }}")
print("sent", flush=True)
import time
time.sleep(60)
"""
        child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
        self.assertEqual(child.stdout.readline(), b"sent\n")
        child.send_signal(signal.SIGKILL)
        child.wait()
        self.assert_alive()

    def test_prints_are_few_messages_and_all_text(self):
        reply, shown = self.run_cell("for i in range(20000) { print i }")
        streams = [m["content"]["text"] for m in shown if m["msg_type"] == "stream"]
        self.assertEqual("".join(streams), "".join(f"{i}\n" for i in range(20000)))
        self.assertLess(len(streams), 2000)

    def test_progress_is_one_display(self):
        reply, shown = self.run_cell(TRAINING % (3, "watched"))
        self.assertEqual(reply["status"], "ok", reply)
        first = [m for m in shown if m["msg_type"] == "display_data"
                 and "progress" in str(m["content"]["metadata"])]
        more = [m for m in shown if m["msg_type"] == "update_display_data"]
        self.assertEqual(len(first), 1)
        self.assertTrue(more)
        names = {m["content"]["transient"]["display_id"] for m in first + more}
        self.assertEqual(len(names), 1)
        self.assertIn("epoch 3", more[-1]["content"]["data"]["text/plain"])

    def begin_training(self, name):
        """Starts a training that nobody waits for, and returns when its first epoch is done."""
        message = self.kc.execute(TRAINING % (500, name))
        end = time.time() + 120
        while time.time() < end:
            shown = self.kc.get_iopub_msg(timeout=120)
            if shown["msg_type"] in ("display_data", "update_display_data") and \
                    "epoch 1" in shown["content"]["data"].get("text/plain", ""):
                return message
        self.fail("no epoch came")

    def reply_to(self, message):
        while True:
            reply = self.kc.get_shell_msg(timeout=120)
            if reply["parent_header"].get("msg_id") == message:
                return reply["content"]

    def test_an_interrupt_keeps_the_run(self):
        message = self.begin_training("gentle")
        # The control channel is answered meanwhile.
        control = self.kc.session.msg("kernel_info_request")
        self.kc.control_channel.send(control)
        answer = self.kc.get_control_msg(timeout=5)
        self.assertEqual(answer["msg_type"], "kernel_info_reply")
        waiting = self.kc.execute("never = 1")
        self.km.interrupt_kernel()
        self.assertEqual(self.reply_to(message)["status"], "ok")
        self.assertEqual(self.reply_to(waiting)["status"], "aborted")
        reply, shown = self.run_cell("print (run.epochs < 500)")
        self.assertEqual(reply["status"], "ok")
        self.assertIn("true", str(shown))

    def test_a_signal_interrupts_too(self):
        message = self.kc.execute("for i in range(100000) { x = sorted(range(1000)) }")
        time.sleep(0.5)
        os.kill(self.km.provisioner.pid, signal.SIGINT)
        reply = self.reply_to(message)
        self.assertEqual((reply["status"], reply["ename"]), ("error", "Interrupted"))
        # Where nothing runs, nothing happens.
        os.kill(self.km.provisioner.pid, signal.SIGINT)
        self.assert_alive()

    def test_a_restart_ends_a_training(self):
        self.begin_training("restarted")
        self.km.restart_kernel(now=False)
        self.kc.stop_channels()
        type(self).kc = self.client()
        reply, _ = self.run_cell("data")
        self.assertEqual(reply["status"], "error", "names are gone")
        self.assert_alive()

    def test_a_kernel_without_its_parent_ends(self):
        code = """
import os, sys
from jupyter_client import KernelManager
km = KernelManager(kernel_name="yolos")
km.start_kernel()
kc = km.blocking_client()
kc.start_channels()
kc.wait_for_ready(timeout=60)
print(km.provisioner.pid, flush=True)
os._exit(0)
"""
        child = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=120)
        pid = int(child.stdout)
        for _ in range(200):
            try:
                with open(f"/proc/{pid}/stat") as file:
                    if file.read().rsplit(")", 1)[1].split()[0] == "Z":
                        return
            except OSError:
                return
            time.sleep(0.1)
        os.kill(pid, signal.SIGKILL)
        self.fail("the kernel is still there")


if __name__ == "__main__":
    unittest.main()
