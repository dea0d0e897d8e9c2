package dev.packhorse.engine.onnx;

import dev.packhorse.engine.contract.EncoderException;

/** A program that loads ONNX Runtime, twice, and prints what came of it. */
final class LoadOnnxRuntime {

    private LoadOnnxRuntime() {}

    public static void main(String[] args) {
        for (var i = 0; i < 2; i++) {
            try {
                var loaded = OnnxRuntimes.loaded();
                System.out.println("loaded " + loaded.environment().getVersion()
                        + loaded.gpu().map(gpu -> " of " + gpu).orElse(""));
            } catch (EncoderException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
