/// The choices of `recipe=`: who chooses the options that nobody gave.
public enum RecipeChoice: String, OptionChoice {
  /// The defaults of the field, made for a hundred thousand images.
  case field
  /// Rules for a few dozen to a few thousand images; see ``SmallRecipe``.
  case small
}
