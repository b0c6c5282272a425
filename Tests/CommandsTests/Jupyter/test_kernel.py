"""The kernel as jupyter_kernel_test sees it. JUPYTER_PATH names where it is installed."""

import unittest

import jupyter_kernel_test as jkt


class KernelTests(jkt.KernelTests):
    kernel_name = "yolos"
    language_name = "yolos"
    file_extension = ".yolos"
    code_hello_world = 'print "hello, world"'
    code_stderr = "if true == 1 { print 1 }"
    completion_samples = [
        {"text": "tra", "matches": {"train"}},
        {"text": "x = 1\nprin", "matches": {"print"}},
        {"text": 'data = toys "x" tra', "matches": {"train="}},
    ]
    complete_code_samples = ["x = 1", "print [1,\n 2]", "# prose {1 + 1}"]
    incomplete_code_samples = ["x = [", "for i in [1] {", "print (1 +"]
    invalid_code_samples = ["x = )", "x = 'a'"]
    code_generate_error = "x = unknown"
    code_execute_result = [
        {"code": "1+2", "result": "3"},
        {"code": '"a" + "b"', "result": '"ab"'},
        {"code": "[1, 2]", "result": "[1, 2]"},
    ]
    code_display_data = [
        {"code": 'print "a\\nb"', "mime": "text/plain"},
        {"code": "# one and one is {1 + 1}", "mime": "text/markdown"},
        {"code": "help train", "mime": "text/plain"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "train"

    def test_display_toys(self):
        self.flush_channels()
        reply, messages = self.execute_helper(
            'data = toys "small" train=4 val=2 test=0 size=32\nshow data', timeout=60)
        self.assertEqual(reply["content"]["status"], "ok")
        shown = [m["content"]["data"] for m in messages if m["msg_type"] == "display_data"]
        self.assertTrue(any("<table>" in d.get("text/html", "") for d in shown), shown)
        self.assertTrue(any("│" in d["text/plain"] or "──" in d["text/plain"] for d in shown))
        pictures = [d for d in shown if "image/png" in d or "image/jpeg" in d]
        self.assertTrue(pictures)
        self.assertIn("text/csv", pictures[0])

    def test_error_has_its_place(self):
        self.flush_channels()
        reply, messages = self.execute_helper("x = 1\nprint x\ny = train z epoks=3")
        self.assertEqual(reply["content"]["status"], "error")
        text = "\n".join(reply["content"]["traceback"])
        self.assertRegex(text, r"cell \d+:3:")
        self.assertIn("^", text)

    def test_errors_stop_what_waits(self):
        self.flush_channels()
        names = [self.kc.execute(c) for c in ("s = sorted(range(50000))", "y = nothing", "z = 3")]
        replies = {}
        while len(replies) < 3:
            reply = self.get_non_kernel_info_reply(timeout=30)
            replies[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
        self.assertEqual([replies[n] for n in names], ["ok", "error", "aborted"])

    def test_silent_and_expressions(self):
        self.flush_channels()
        reply, messages = self.execute_helper("quiet = 5\nprint quiet", silent=True)
        self.assertEqual((reply["content"]["status"], messages), ("ok", []))
        before = reply["content"]["execution_count"]
        self.flush_channels()
        name = self.kc.execute("quiet + 1", user_expressions={"a": "quiet * 2", "b": "nothing"})
        reply = self.get_non_kernel_info_reply(timeout=10)
        self.assertEqual(reply["content"]["execution_count"], before + 1)
        values = reply["content"]["user_expressions"]
        self.assertEqual(values["a"]["data"]["text/plain"], "10")
        self.assertEqual(values["b"]["status"], "error")

    def test_inspection_of_values(self):
        self.flush_channels()
        self.execute_helper("deep = [1, 2]")
        for code, cursor, word in [("deep", 2, "[1, 2]"), ("train m epochs=3", 10, "epochs"),
                                   ("len(x)", 2, "len")]:
            self.kc.inspect(code, cursor)
            reply = self.get_non_kernel_info_reply(timeout=10)
            self.assertTrue(reply["content"]["found"], code)
            self.assertIn(word, reply["content"]["data"]["text/plain"])


class WelcomeTests(jkt.IopubWelcomeTests):
    kernel_name = "yolos"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
