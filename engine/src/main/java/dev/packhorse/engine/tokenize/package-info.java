/** Text to token ids by the model's own tokenizer.json. The only package that imports DJL. */
package dev.packhorse.engine.tokenize;
