// Tests of YOLO.
