import type { Comparison, ModelInfo } from 'image-likeness';
import { formatNumber, words } from '../language.ts';
import { COPIES_FROM } from './scale.ts';

/** Pixels. */
const CARD = { width: 1200, height: 680, margin: 48, picture: 340 };

/** The page's light colours: a card looks the same wherever it is pasted. */
const COLOURS = {
  paper: '#faf8f5',
  frame: '#ffffff',
  line: '#d9d4cc',
  ink: '#1d2129',
  faint: '#5a616e',
  different: '#b9bec8',
  similar: '#f0b183',
  copy: '#79a7f0',
};

/** What a card shows. */
export interface CardContent {
  readonly files: readonly [a: File, b: File];
  readonly comparison: Comparison;
  readonly model: ModelInfo;
  /** The answer in words. */
  readonly sentence: string;
  readonly date: Date;
}

/** A comparison as a picture, for pasting elsewhere: a PNG of 1200 × 720 pixels. */
export async function drawResultCard(content: CardContent): Promise<Blob> {
  const canvas = new OffscreenCanvas(CARD.width, CARD.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('there is no canvas');
  context.fillStyle = COLOURS.paper;
  context.fillRect(0, 0, CARD.width, CARD.height);
  await drawPictures(context, content.files);
  drawAnswer(context, content);
  drawScale(context, content);
  drawFoot(context, content);
  return canvas.convertToBlob({ type: 'image/png' });
}

type Context = OffscreenCanvasRenderingContext2D;

/** Both whole, in frames of one size. */
async function drawPictures(context: Context, files: readonly File[]): Promise<void> {
  const { width, margin, picture: height } = CARD;
  const frame = (width - 3 * margin) / 2;
  for (const [index, file] of files.entries()) {
    const x = margin + index * (frame + margin);
    context.fillStyle = COLOURS.frame;
    context.fillRect(x, margin, frame, height);
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(frame / bitmap.width, height / bitmap.height);
    const [w, h] = [bitmap.width * scale, bitmap.height * scale];
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, x + (frame - w) / 2, margin + (height - h) / 2, w, h);
    bitmap.close();
    context.strokeStyle = COLOURS.line;
    context.strokeRect(x, margin, frame, height);
  }
}

function drawAnswer(context: Context, { comparison, sentence }: CardContent): void {
  const { margin, picture, width } = CARD;
  const top = margin + picture;
  context.fillStyle = COLOURS.ink;
  context.textBaseline = 'alphabetic';
  context.font = '700 84px system-ui, sans-serif';
  const score = `${formatNumber(comparison.score, 1)} %`;
  context.fillText(score, margin, top + 108);
  const used = context.measureText(score).width + margin;
  context.font = '30px system-ui, sans-serif';
  const room = width - 2 * margin - used;
  const lines = breakLines(sentence, (line) => context.measureText(line).width <= room);
  for (const [at, line] of lines.entries()) {
    context.fillText(line, margin + used, top + 108 - 38 * (lines.length - 1 - at), room);
  }
}

/** Lines of whole words, each of which fits. */
function breakLines(text: string, fits: (line: string) => boolean): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.pop();
    if (last === undefined) lines.push(word);
    else if (fits(`${last} ${word}`)) lines.push(`${last} ${word}`);
    else lines.push(last, word);
  }
  return lines;
}

/** One bar of three colours. */
function drawScale(context: Context, { comparison, model: { similarFrom } }: CardContent): void {
  const { margin, picture, width } = CARD;
  const top = margin + picture + 160;
  const at = (score: number): number => margin + ((width - 2 * margin) * score) / 100;
  const bands = [
    ['different', 0, similarFrom],
    ['similar', similarFrom, COPIES_FROM],
    ['copy', COPIES_FROM, 100],
  ] as const;
  context.font = '22px system-ui, sans-serif';
  context.textAlign = 'center';
  for (const [band, from, to] of bands) {
    context.fillStyle = COLOURS[band];
    context.fillRect(at(from), top, at(to) - at(from), 18);
    context.fillStyle = COLOURS.faint;
    context.fillText(words().bands[band], (at(from) + at(to)) / 2, top + 50);
  }
  context.textAlign = 'left';
  context.fillStyle = COLOURS.ink;
  context.fillRect(at(comparison.score) - 3, top - 9, 6, 36);
}

function drawFoot(context: Context, { model, date }: CardContent): void {
  const { margin, width, height } = CARD;
  context.fillStyle = COLOURS.faint;
  context.font = '20px system-ui, sans-serif';
  context.fillText(`Likeness · ${model.title}`, margin, height - 28);
  context.textAlign = 'right';
  context.fillText(date.toISOString().slice(0, 10), width - margin, height - 28);
  context.textAlign = 'left';
}
